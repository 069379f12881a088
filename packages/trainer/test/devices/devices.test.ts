import * as tf from '@tensorflow/tfjs-core';
import { deviceNames } from '@cantrip/core-tensor-gpu';
import { presentDevices, tinyData, tinyTrainer } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';

const run = async (device: (typeof deviceNames)[number]): Promise<readonly number[]> => {
  const losses: number[] = [];
  const trainer = tinyTrainer(
    [{ name: 'reader', onStepEnd: async ({ loss }) => void losses.push(await loss()) }],
    { device },
  );
  await trainer.fit(tinyData(), { epochs: 3 });
  trainer.dispose();
  return losses;
};

describe('every device present', () => {
  let reference: readonly number[];
  beforeAll(async () => {
    reference = await run('cpu');
  });

  it.for(deviceNames.filter((name) => name !== 'cpu'))(
    '%s trains as the cpu does: losses agree to 1e-4',
    async (name, context) => {
      if ((await presentDevices([name])).length === 0) return context.skip(`${name} is absent`);
      const losses = await run(name);
      expect(losses).toHaveLength(reference.length);
      losses.forEach((loss, i) => expect(Math.abs(loss / reference[i]! - 1)).toBeLessThan(1e-4));
    },
  );
});

describe('the optimizers of tf.train', () => {
  const all: readonly (readonly [string, () => tf.Optimizer])[] = [
    ['sgd', () => tf.train.sgd(0.05)],
    ['momentum', () => tf.train.momentum(0.05, 0.9)],
    ['adagrad', () => tf.train.adagrad(0.05)],
    ['adadelta', () => tf.train.adadelta(1)],
    ['adam', () => tf.train.adam(0.01)],
    ['adamax', () => tf.train.adamax(0.01)],
    ['rmsprop', () => tf.train.rmsprop(0.005)],
  ];

  it.each(all)('%s trains, and a scheduled learning rate of 0 really stops it', async (_, optimizer) => {
    const weights = async (rate: number | undefined): Promise<unknown> => {
      const trainer = tinyTrainer(
        rate === undefined ? [] : [{ name: 'rate', scheduleLearningRate: () => rate }],
        { optimizer },
      );
      const before = (await trainer.save()).variables['dense_1/kernel'];
      await trainer.fit(tinyData(), { epochs: 1 });
      const after = (await trainer.save()).variables['dense_1/kernel'];
      return String(before?.values) === String(after?.values);
    };
    expect(await weights(undefined)).toBe(false);
    expect(await weights(0)).toBe(true);
  });
});
