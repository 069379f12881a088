import { reestimateBatchNorm } from '@cantrip/freeze-bn';
import { sgd } from '@cantrip/optimizers';
import { expectClose, loadGolden, presentWays } from '@cantrip/testing';
import { meanSquaredError } from '@cantrip/trainer';
import { stochasticWeightAveraging } from '@cantrip/weight-averaging';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, it } from 'vitest';

interface Cases {
  readonly data: Readonly<Record<'kernel' | 'last kernel' | 'inputs' | 'targets', number[][]>> &
    Readonly<Record<'bias' | 'last bias', number[]>> & { readonly batch: number };
  readonly swa: { readonly 'updated mean': readonly number[] };
}

const { cases } = loadGolden<Cases>(new URL('./golden/averages.json', import.meta.url));
const { data, swa } = cases;

describe.each(await presentWays())('the statistics of averaged weights $name', ({ tinyTrainer }) => {
  it('have the means of update_bn of torch, and the variance of all values', async () => {
    const averaging = stochasticWeightAveraging({ start: 3, every: 1 });
    const trainer = tinyTrainer([averaging], {
      model: () =>
        sequential({
          layers: [
            layers.dense({ units: 3, inputShape: [2], name: 'first' }),
            layers.batchNormalization({ name: 'norm', momentum: 0.9, epsilon: 1e-3 }),
            layers.activation({ activation: 'relu' }),
            layers.dense({ units: 1, name: 'last' }),
          ],
        }),
      optimizer: sgd({ learningRate: 0.1 }),
      loss: meanSquaredError(),
      metrics: [],
    });
    const { run } = await trainer.open();
    const model = run.model as LayersModel;
    model.getLayer('first').setWeights([tf.tensor(data.kernel), tf.tensor(data.bias)]);
    model.getLayer('last').setWeights([tf.tensor(data['last kernel']), tf.tensor(data['last bias'])]);
    const examples = { inputs: data.inputs, targets: data.targets, batchSize: data.batch, shuffle: false };
    await trainer.fit(examples, { epochs: 1 });
    run.use(averaging).assign();
    const rows = [0, 1, 2, 3, 4, 5].map((at) => tf.tensor(data.inputs.slice(at * 4, at * 4 + 4)));
    await reestimateBatchNorm(model, rows);
    const [, , mean, variance] = model.getLayer('norm').getWeights();
    expectClose(mean!, swa['updated mean'], { relative: 1e-4, absolute: 1e-5 });
    const whole = tf.tidy(() =>
      tf.moments(model.getLayer('first').apply(tf.tensor(data.inputs)) as tf.Tensor, 0),
    );
    expectClose(variance!, [...whole.variance.dataSync()], { relative: 1e-4 });
    trainer.dispose();
  });
});
