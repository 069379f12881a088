import { arrayDataset, type Dataset } from '@cantrip/data';
import { sgd } from '@cantrip/optimizers';
import { presentWays } from '@cantrip/testing';
import type { Metric, TrainerOptions } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

/** The numbers 1 to `count` in batches of 4, of which the last is filled up by rows with a target of 100. */
function filledUp(count: number, weights?: readonly number[]): Dataset {
  const shape = [count, 1];
  return arrayDataset({
    inputs: { values: Float32Array.from({ length: count }, (_, index) => index + 1), shape },
    targets: { values: new Float32Array(count), shape },
    ...(weights && { weights: { values: Float32Array.from(weights), shape: [count] } }),
    batchSize: 4,
    padLast: true,
    padTarget: 100,
  });
}

const squares = (targets: tf.Tensor, outputs: tf.Tensor): tf.Scalar =>
  tf.mean(tf.squaredDifference(targets, outputs));
const weighedSquares = (targets: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor): tf.Scalar => {
  const each = tf.mean(tf.squaredDifference(targets, outputs), 1);
  return weights ? tf.div(tf.sum(tf.mul(each, weights)), tf.sum(weights)) : tf.mean(each);
};
const distance: Metric = {
  name: 'distance',
  compute: (targets, outputs) => tf.mean(tf.abs(tf.sub(targets, outputs))),
};

/** The output is the input. */
const options = (more: Partial<TrainerOptions> = {}): Partial<TrainerOptions> => ({
  model: () =>
    sequential({
      layers: [layers.dense({ units: 1, inputShape: [1], kernelInitializer: 'ones', useBias: false })],
    }),
  optimizer: sgd({ learningRate: 0.01 }),
  loss: squares,
  metrics: [distance],
  ...more,
});

describe.each(await presentWays())('rows that only fill a batch up, $name,', (way) => {
  it.each([
    // Means of 1, 4, 9, … and of 1, 2, 3, …
    [5, 55 / 5, 15 / 5],
    [6, 91 / 6, 21 / 6],
    [7, 140 / 7, 28 / 7],
    [8, 204 / 8, 36 / 8],
  ])(
    'count for nothing in a loss and a metric that are functions, of %i examples',
    async (count, loss, mean) => {
      const trainer = way.tinyTrainer([], options());
      const figures = await trainer.evaluate(filledUp(count));
      expect(figures['loss']).toBeCloseTo(loss, 4);
      expect(figures['distance']).toBeCloseTo(mean, 5);
      trainer.dispose();
    },
  );

  it('are left out anew where their number changes from batch to batch', async () => {
    const trainer = way.tinyTrainer([], options());
    for (const [count, loss] of [
      [5, 11],
      [7, 20],
      [6, 91 / 6],
      [5, 11],
    ] as const)
      expect((await trainer.evaluate(filledUp(count)))['loss']).toBeCloseTo(loss, 4);
    trainer.dispose();
  });

  it('train nothing', async () => {
    const trainer = way.tinyTrainer([], options());
    const history = await trainer.fit(filledUp(6), { epochs: 1 });
    // The weight w is 1, then 1 - 0.01 * 2 * mean(1, 4, 9, 16), then less 0.01 * 2 * w * mean(25, 36).
    const second = 1 - 0.02 * 7.5;
    expect(history.epochs[0]!['loss']).toBeCloseTo((30 + second ** 2 * 61) / 6, 4);
    expect(history.epochs[0]!['distance']).toBeCloseTo((10 + second * 11) / 6, 4);
    const { run } = await trainer.open();
    const [weight] = Object.values(run.variables);
    expect((await weight!.data())[0]).toBeCloseTo(second - 0.02 * second * 30.5, 5);
    trainer.dispose();
  });

  it('count for nothing in a loss function with weights, whatever it does with them', async () => {
    const trainer = way.tinyTrainer([], options({ loss: weighedSquares, metrics: [] }));
    const { loss } = await trainer.evaluate(filledUp(6, [1, 1, 1, 1, 2, 4]));
    expect(loss).toBeCloseTo((30 + 2 * 25 + 4 * 36) / 10, 4);
    trainer.dispose();
  });

  it('count for nothing in the losses of several outputs, of which one is a function', async () => {
    const trainer = way.tinyTrainer([], {
      ...options(),
      model: () => {
        const two = tf.variable(tf.scalar(2));
        return (inputs) => ({ same: inputs as tf.Tensor, twice: tf.mul(inputs as tf.Tensor, two) });
      },
      loss: { same: squares, twice: { name: 'sum', compute: squares } },
      metrics: { twice: [distance] },
    });
    const figures = await trainer.evaluate(filledUp(6));
    expect(figures['same_loss']).toBeCloseTo(91 / 6, 4);
    expect(figures['twice_loss']).toBeCloseTo((4 * 91) / 6, 3);
    expect(figures['twice_distance']).toBeCloseTo(7, 4);
    trainer.dispose();
  });
});
