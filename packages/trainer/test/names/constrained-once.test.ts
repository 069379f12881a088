import { arrayDataset } from '@cantrip/data';
import { sgd } from '@cantrip/optimizers';
import { createTrainer, meanSquaredError } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';

/** Halves what it is given, so that the weights tell how often it was asked. */
function halving(): ReturnType<typeof tfl.constraints.nonNeg> {
  return Object.assign(tfl.constraints.nonNeg(), { apply: (weights: tf.Tensor) => tf.mul(weights, 0.5) });
}

const halved = (): tfl.layers.Layer =>
  tfl.layers.dense({ units: 2, kernelInitializer: 'ones', kernelConstraint: halving() });

/** A layer that is called twice, in a model that is called twice. */
function nested(shared: tfl.layers.Layer): tfl.LayersModel {
  const inner = tfl.input({ shape: [2] });
  const twice = shared.apply(shared.apply(inner)) as tfl.SymbolicTensor;
  const part = tfl.model({ inputs: inner, outputs: twice });
  const input = tfl.input({ shape: [2] });
  const x = part.apply(part.apply(input)) as tfl.SymbolicTensor;
  return tfl.model({ inputs: input, outputs: tfl.layers.dense({ units: 1 }).apply(x) as tfl.SymbolicTensor });
}

it.each([
  { frozen: false, kernel: 1 / 8 },
  { frozen: true, kernel: 1 },
])(
  'a shared constraint is applied once a step, and never to frozen weights: %j',
  async ({ frozen, kernel }) => {
    const shared = halved();
    const trainer = createTrainer({
      device: 'cpu',
      model: () => {
        const model = nested(shared);
        shared.trainable = !frozen;
        return model;
      },
      optimizer: sgd({ learningRate: 0 }),
      loss: meanSquaredError(),
      handleInterrupt: false,
      log: () => undefined,
    });
    const data = arrayDataset({
      inputs: { values: new Float32Array(12), shape: [6, 2] },
      targets: { values: new Float32Array(6), shape: [6, 1] },
      batchSize: 2,
    });
    await trainer.fit(data, { epochs: 1 });
    expect([...shared.getWeights()[0]!.dataSync()]).toEqual([kernel, kernel, kernel, kernel]);
    trainer.dispose();
  },
);
