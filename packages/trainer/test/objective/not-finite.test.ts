import { sgd } from '@cantrip/optimizers';
import { presentWays } from '@cantrip/testing';
import { type BatchSource, meanSquaredError, type Trainer } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

let made = 0;

const source = (...inputs: readonly number[]): BatchSource => ({
  stepsPerEpoch: inputs.length,
  batches: ({ start }) =>
    inputs.slice(start).map((input) => ({
      inputs: { values: Float32Array.of(input), shape: [1, 1] },
      targets: { values: new Float32Array(1), shape: [1, 1] },
      size: 1,
    })),
});

describe.each(await presentWays())('what is not finite is found and named, $name:', ({ tinyTrainer }) => {
  /** `log(factor * x)` in the last step, or the factor itself, is no number. */
  const make = (learningRate: number): Trainer =>
    tinyTrainer([], {
      model: () => {
        const factor = tf.variable(tf.scalar(1), true, `gain${made++}`);
        return (inputs) => tf.mul(inputs as tf.Tensor, factor);
      },
      optimizer: sgd({ learningRate }),
      loss: meanSquaredError(),
      metrics: [],
    });

  it('a parameter that the last update of fit spoilt, whose losses were all finite', async () => {
    const trainer = make(3e38);
    await expect(trainer.fit(source(4), { epochs: 1 })).rejects.toThrow(
      /after 1 steps gain\d+ holds NaN or infinity.*PARAMETER_NOT_FINITE/,
    );
    trainer.dispose();
  });

  it('a parameter that an earlier update spoilt, beside the loss that shows it', async () => {
    const trainer = make(3e38);
    await expect(trainer.fit(source(4, 4, 4), { epochs: 1 })).rejects.toThrow(
      /the loss of step 1 is .*gain\d+ is not finite now.*LOSS_NOT_FINITE/,
    );
    trainer.dispose();
  });

  it('no parameter whose values are finite, but whose sum is not', async () => {
    const trainer = tinyTrainer([], {
      model: () => {
        const large = tf.variable(tf.tensor1d([3e38, 3e38]), true, `large${made++}`);
        return (inputs) => tf.mul(inputs as tf.Tensor, tf.div(tf.min(large), 3e38));
      },
      optimizer: sgd({ learningRate: 1e-3 }),
      loss: meanSquaredError(),
      metrics: [],
    });
    await expect(trainer.fit(source(1), { epochs: 1 })).resolves.toMatchObject({ epochs: [{ loss: 1 }] });
    trainer.dispose();
  });

  it('a validation whose loss is no number, while the parameters are', async () => {
    const trainer = make(0.01);
    await expect(trainer.fit(source(1), { epochs: 1, validation: source(NaN) })).rejects.toThrow(
      /validation loss is NaN.*every parameter is finite.*LOSS_NOT_FINITE/,
    );
    trainer.dispose();
  });
});
