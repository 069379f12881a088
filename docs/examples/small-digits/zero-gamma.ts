// Blocks that begin as their shortcuts are expected to help a network of many blocks at a high learning rate.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { sgd } from '@cantrip/optimizers';
import { accuracy, createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import { zeroGamma } from '@cantrip/zero-gamma';
import { input, layers, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { figures, setting, trainedOnDigits } from './digits.ts';

const apply = (layer: layers.Layer, x: SymbolicTensor | SymbolicTensor[]): SymbolicTensor =>
  layer.apply(x) as SymbolicTensor;

const normalized = (x: SymbolicTensor): SymbolicTensor =>
  apply(layers.batchNormalization({}), apply(layers.dense({ units: 64, useBias: false }), x));

const relu = (x: SymbolicTensor): SymbolicTensor => apply(layers.reLU(), x);

/** Residual blocks of two dense layers. */
function residualNetwork(blocks: number): LayersModel {
  const inputs = input({ shape: [28, 28, 1] });
  let x = relu(normalized(apply(layers.flatten(), inputs)));
  for (let block = 0; block < blocks; block++)
    x = relu(apply(layers.add(), [normalized(relu(normalized(x))), x]));
  return model({ inputs, outputs: apply(layers.dense({ units: 10 }), x) });
}

export const experiment: Ablation = defineAblation({
  name: 'zero-gamma',
  parameters: { ...setting, rate: 0.1, blocks: 6 },
  plugins: [{ name: 'zero gamma', with: zeroGamma() }],
  trainer: ({ plugins, parameters }) =>
    createTrainer({
      model: () => residualNetwork(parameters.blocks),
      optimizer: sgd({ learningRate: parameters.rate, momentum: 0.9 }),
      loss: softmaxCrossEntropy(),
      metrics: [accuracy()],
      plugins,
      log: () => undefined,
    }),
  fit: (trainer, { parameters }) => trainedOnDigits(trainer, parameters),
  figures,
});
