import * as tf from '@tensorflow/tfjs-core';
import { sgd } from '@cantrip/optimizers';
import {
  accuracy,
  type AnyPlugin,
  type Batch,
  type BatchSource,
  softmaxCrossEntropy,
  type TrainerOptions,
} from '@cantrip/trainer';
import { presentWays } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

/** Two batches of two rows of outputs: the first predicts class 1 twice, the second classes 2 and 0. */
const data = (weights?: readonly number[]): BatchSource => ({
  batchesPerEpoch: 2,
  *batches() {
    const batches = [
      { values: [0, 5, 0, 0, 5, 0], labels: [0, 1] },
      { values: [0, 0, 5, 5, 0, 0], labels: [2, 2] },
    ];
    for (const { values, labels } of batches)
      yield {
        inputs: { values: Float32Array.from(values), shape: [2, 3] },
        targets: { values: Int32Array.from(labels), shape: [2] },
        ...(weights && { weights: { values: Float32Array.from(weights), shape: [2] } }),
        size: 2,
      };
  },
});

const options: Partial<TrainerOptions> = {
  model: () => {
    const factor = tf.variable(tf.scalar(1));
    return (inputs) => tf.mul(inputs as tf.Tensor, factor);
  },
  optimizer: sgd({ learningRate: 0 }),
  loss: softmaxCrossEntropy(),
  metrics: [accuracy()],
};

/** Says that a quarter of each target is class 1. */
const quarter: AnyPlugin = {
  name: 'quarter',
  transformBatch: (batch: Batch) => ({
    ...batch,
    mixture: { targets: tf.onesLike(batch.targets as tf.Tensor), share: tf.scalar(0.75) },
  }),
};

describe.each(await presentWays())('metrics of mixed targets, $name', ({ tinyTrainer }) => {
  const accuracyOf = async (plugins: readonly AnyPlugin[], source = data()): Promise<number> => {
    const trainer = tinyTrainer(plugins, options);
    const { epochs } = await trainer.fit(source, { epochs: 1, validation: data() });
    trainer.dispose();
    expect(epochs[0]!['validation_accuracy']).toBeCloseTo(0.5, 6);
    return epochs[0]!['accuracy']!;
  };

  it('count both targets, each with its share; validation knows nothing of it', async () => {
    // Right for the targets: rows 2 and 3. Right for class 1: rows 1 and 2. 0.75 * 2/4 + 0.25 * 2/4.
    expect(await accuracyOf([])).toBeCloseTo(0.5, 6);
    expect(await accuracyOf([quarter])).toBeCloseTo(0.75 * 0.5 + 0.25 * 0.5, 6);
    const third: AnyPlugin = {
      name: 'third',
      transformBatch: (batch: Batch) => ({
        ...batch,
        mixture: { targets: tf.mul(batch.targets as tf.Tensor, 0), share: tf.scalar(2 / 3) },
      }),
    };
    // Class 0 is right for row 4 alone.
    expect(await accuracyOf([third])).toBeCloseTo((2 / 3) * 0.5 + (1 / 3) * 0.25, 6);
  });

  it('count each example with a share of its own', async () => {
    const own: AnyPlugin = {
      name: 'own',
      transformBatch: (batch: Batch) => ({
        ...batch,
        mixture: { targets: tf.onesLike(batch.targets as tf.Tensor), share: tf.tensor1d([0.75, 0.25]) },
      }),
    };
    // Right for the targets: row 2 with share 0.25, row 3 with 0.75. Right for class 1: row 1 with 0.25, row 2 with 0.75.
    expect(await accuracyOf([own])).toBeCloseTo((0.25 + 0.75 + 0.25 + 0.75) / 4, 6);
    // With weights 3 and 1 of each batch: 1 * 0.25 + 3 * 0.75 and 3 * 0.25 + 1 * 0.75, of 8.
    expect(await accuracyOf([own], data([3, 1]))).toBeCloseTo((0.25 + 2.25 + 0.75 + 0.75) / 8, 6);
  });

  it('count weights of examples as well', async () => {
    // Weights 3 and 1: right for the targets are 1 + 3 of 8, right for class 1 are 3 + 1 of 8.
    const trainer = tinyTrainer([quarter], options);
    const { epochs } = await trainer.fit(data([3, 1]), { epochs: 1 });
    trainer.dispose();
    expect(epochs[0]!['accuracy']).toBeCloseTo(0.5, 6);
  });

  it('take the class with the most of a soft target that transformBatch gives', async () => {
    const soft: AnyPlugin = {
      name: 'soft',
      transformBatch: (batch: Batch) => ({
        ...batch,
        targets: tf.add(
          tf.mul(tf.cast(tf.oneHot(batch.targets as tf.Tensor, 3), 'float32'), 0.4),
          tf.mul(tf.cast(tf.oneHot(tf.onesLike(batch.targets as tf.Tensor), 3), 'float32'), 0.6),
        ),
      }),
    };
    expect(await accuracyOf([soft])).toBeCloseTo(0.5, 6); // class 1: rows 1 and 2
  });

  const wrong: readonly (readonly [string, (batch: Batch) => unknown, RegExp])[] = [
    [
      'no targets',
      () => ({ share: tf.scalar(1) }),
      /^\[wrong\] transformBatch must return its first argument/,
    ],
    ['a number as the share', ({ targets }) => ({ targets, share: 0.5 }), /HOOK_RESULT/],
    ['shares of other rows', ({ targets }) => ({ targets, share: tf.ones([3]) }), /HOOK_RESULT/],
    ['shares in a column', ({ targets }) => ({ targets, share: tf.ones([2, 1]) }), /HOOK_RESULT/],
    [
      'targets by name',
      ({ targets }) => ({ targets: { a: targets }, share: tf.scalar(1) }),
      /the same names that it received as mixture\.targets, one tensor, got a\./,
    ],
  ];
  it.each(wrong)('refuse a mixture with %s', async (_, mixture, words) => {
    const plugin = {
      name: 'wrong',
      transformBatch: (batch: Batch) => ({ ...batch, mixture: mixture(batch) }),
    };
    await expect(accuracyOf([plugin as AnyPlugin])).rejects.toThrow(words);
  });

  it('refuse a second mixture, and a hook that drops the first', async () => {
    await expect(accuracyOf([quarter, { ...quarter, name: 'again' }])).rejects.toThrow(
      '[again] transformBatch must return a batch with the mixture of the plugin that mixed it before, got another mixture. Use only one plugin that mixes targets. (HOOK_RESULT)',
    );
    const dropping: AnyPlugin = {
      name: 'dropping',
      transformBatch: ({ inputs, targets }: Batch) => ({ inputs, targets }),
    };
    await expect(accuracyOf([quarter, dropping])).rejects.toThrow(
      '[dropping] transformBatch must return the mixture of the batch, got a batch without mixture.',
    );
  });
});

it('data with a mixture of its own is refused', async () => {
  const [{ tinyTrainer }] = (await presentWays()) as [Awaited<ReturnType<typeof presentWays>>[0]];
  const own: BatchSource = {
    batchesPerEpoch: 1,
    *batches() {
      const targets = tf.tensor1d([0], 'int32');
      yield { inputs: tf.zeros([1, 3]), targets, mixture: { targets, share: tf.scalar(1) } };
    },
  };
  const trainer = tinyTrainer([], options);
  await expect(trainer.fit(own, { epochs: 1 })).rejects.toThrow('a batch has the unknown field mixture');
  trainer.dispose();
});
