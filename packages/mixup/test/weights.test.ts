import { sgd } from '@cantrip/optimizers';
import { presentWays, weightsOf } from '@cantrip/testing';
import {
  accuracy,
  type AnyPlugin,
  type BatchSource,
  meanSquaredError,
  softmaxCrossEntropy,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { mixup } from '../src/index.ts';

/** Two examples, which are partners of each other. */
const twoRows = (targets: Float32Array | Int32Array): BatchSource => ({
  batchesPerEpoch: 1,
  *batches() {
    yield {
      inputs: { values: Float32Array.of(1, 3), shape: [2, 1] },
      targets: { values: targets, shape: targets instanceof Int32Array ? [2] : [2, 1] },
      weights: { values: Float32Array.of(1, 4), shape: [2] },
      size: 2,
    };
  },
});

const quarter: AnyPlugin = {
  name: 'quarter',
  after: ['mixup'],
  scheduleBatchScalars: (scalars) => ({ ...scalars, mixupShare: 0.25 }),
};

describe.each(await presentWays())('weights of mixed examples, $name,', ({ tinyTrainer }) => {
  it('are mixed by the share of the targets', async () => {
    // Inputs 0.25 * 1 + 0.75 * 3 = 2.5 and 1.5; targets 0.25 * 2 + 0.75 * 4 = 3.5 and 2.5;
    // weights 0.25 * 1 + 0.75 * 4 = 3.25 and 1.75. The outputs are 0 at first.
    const trainer = tinyTrainer([mixup({ pairing: 'flip' }), quarter], {
      model: () =>
        sequential({
          layers: [layers.dense({ units: 1, useBias: false, kernelInitializer: 'zeros', inputShape: [1] })],
        }),
      optimizer: sgd({ learningRate: 0.1 }),
      loss: meanSquaredError(),
      metrics: [],
    });
    const { epochs } = await trainer.fit(twoRows(Float32Array.of(2, 4)), { epochs: 1 });
    // (3.25 * 3.5² + 1.75 * 2.5²) / 5
    expect(epochs[0]!['loss']).toBeCloseTo((39.8125 + 10.9375) / 5, 5);
    const [kernel] = Object.values(await weightsOf(trainer));
    // The gradient is -2 * (3.25 * 3.5 * 2.5 + 1.75 * 2.5 * 1.5) / 5 = -14, and the rate 0.1.
    expect(kernel![0]).toBeCloseTo(1.4, 5);
    trainer.dispose();
  });

  it('count in metrics, which count both labels', async () => {
    const trainer = tinyTrainer([mixup({ pairing: 'flip' }), quarter], {
      model: () => {
        const logits = tf.variable(tf.tensor2d([[5, 0]]));
        return (inputs) => tf.add(tf.mul(inputs as tf.Tensor, 0), logits);
      },
      optimizer: sgd({ learningRate: 0 }),
      loss: softmaxCrossEntropy(),
      metrics: [accuracy()],
    });
    const { epochs } = await trainer.fit(twoRows(Int32Array.of(0, 1)), { epochs: 1 });
    // Every output names class 0. Row 1 is 0.25 of class 0 with weight 3.25, row 2 is 0.75 of it with weight 1.75.
    expect(epochs[0]!['accuracy']).toBeCloseTo((0.25 * 3.25 + 0.75 * 1.75) / 5, 5);
    trainer.dispose();
  });
});
