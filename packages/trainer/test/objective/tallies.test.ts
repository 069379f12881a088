import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { arrayDataset, rebatch } from '@cantrip/data';
import { presentWays, type Way } from '@cantrip/testing';
import {
  accuracy,
  createTrainer,
  type Kept,
  type Plugin,
  softmaxCrossEntropy,
  tablesOf,
  type TallyMetric,
  type Trainer,
  type TrainerOptions,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

/** Sums of weights, of squared weights, and the largest output among examples that count. */
function ranges(): TallyMetric {
  return {
    name: 'range',
    tally(_, outputs, weights) {
      const factors = weights ?? tf.ones([outputs.shape[0]!]);
      const highest = tf.max(outputs, -1);
      return tf.stack([
        tf.sum(factors),
        tf.sum(tf.square(factors)),
        tf.max(tf.where(tf.greater(factors, 0), highest, -1e9)),
      ]);
    },
    add(before, { values: [count, squares, highest] }) {
      const [n, s, most] = before?.['sums'] ?? [0, 0, -Infinity];
      return { sums: Float64Array.of(n! + count!, s! + squares!, Math.max(most!, highest!)) };
    },
    figure: (kept: Kept | undefined) => ({
      numbers: { count: kept?.['sums']![0] ?? 0, highest: kept?.['sums']![2] ?? 0 },
      table: {
        rowsAre: 'sum',
        columnsAre: 'value',
        rows: ['weights', 'squares'],
        columns: ['sum'],
        values: [[kept?.['sums']![0] ?? 0], [kept?.['sums']![1] ?? 0]],
      },
    }),
  };
}

const count = 13;
const inputs = {
  values: Float32Array.from({ length: count * 3 }, (_, i) => Math.sin(7 * i)),
  shape: [count, 3],
};
const targets = { values: Int32Array.from({ length: count }, (_, i) => (i * 2) % 4), shape: [count] };
const weights = { values: Float32Array.from({ length: count }, (_, i) => i % 3), shape: [count] };
const data = arrayDataset({ inputs, targets, batchSize: 4, shuffle: true });
const weighed = arrayDataset({ inputs, targets, weights, batchSize: 4 });

const model = () => sequential({ layers: [layers.dense({ units: 4, inputShape: [3] })] });

function make(way: Way, options: Partial<TrainerOptions> = {}, plugins: readonly Plugin[] = []): Trainer {
  return way.tinyTrainer(plugins, {
    model,
    optimizer: sgd({ learningRate: 0.3 }),
    loss: softmaxCrossEntropy(),
    metrics: [ranges(), accuracy()],
    ...options,
  });
}

describe.each(await presentWays())('a metric that is totalled on the host, $name,', (way) => {
  it('gives several numbers and a table, of training and validation', async () => {
    const seen: unknown[] = [];
    const watch: Plugin = { name: 'watch', onEpochEnd: ({ logs, tables }) => void seen.push([logs, tables]) };
    const trainer = way.tinyTrainer([watch], {
      model,
      optimizer: sgd({ learningRate: 0.3 }),
      loss: softmaxCrossEntropy(),
      metrics: [ranges(), accuracy()],
    });
    const { epochs } = await trainer.fit(data, { epochs: 2, validation: { clean: weighed } });
    for (const [index, logs] of epochs.entries()) {
      expect(Object.keys(logs)).toEqual([
        'loss',
        'range_count',
        'range_highest',
        'accuracy',
        'validation_clean_loss',
        'validation_clean_range_count',
        'validation_clean_range_highest',
        'validation_clean_accuracy',
      ]);
      expect(logs['range_count']).toBe(count);
      expect(logs['validation_clean_range_count']).toBe(12);
      const tables = tablesOf(logs);
      expect(tables['range']!.values).toEqual([[13], [13]]);
      expect(tables['validation_clean_range']!.values).toEqual([[12], [4 * 1 + 4 * 4]]);
      expect(seen[index]).toEqual([logs, tables]);
    }
    expect(tablesOf(await trainer.evaluate(weighed))['range']!.values[0]).toEqual([12]);
    trainer.dispose();
  });

  it('does not count rows that fill up a batch', async () => {
    const trainer = make(way);
    const { loss: _, ...filled } = await trainer.evaluate(rebatch(data, { padLast: true, padTarget: 0 }));
    expect(await trainer.evaluate(data)).toMatchObject(filled);
    trainer.dispose();
  });

  it('is the same to the bit after a save in the middle of an epoch', async () => {
    const unbroken = make(way, {}, [{ name: 'stop' }]);
    const whole = await unbroken.fit(data, { epochs: 2 });
    const first = make(way, {}, [{ name: 'stop', onStepEnd: ({ run }) => run.stop('enough') }]);
    await first.fit(data, { epochs: 2 });
    const snapshot = structuredClone(await first.save());
    expect(Object.keys(snapshot.totals.tallies ?? {})).toEqual(['range']);
    const second = make(way, {}, [{ name: 'stop' }]);
    await second.restore(snapshot);
    const rest = await second.fit(data, { epochs: 2 });
    expect(rest.epochs).toEqual(whole.epochs);
    expect(tablesOf(rest.epochs[0]!)).toEqual(tablesOf(whole.epochs[0]!));
    for (const trainer of [unbroken, first, second]) trainer.dispose();
  });

  it('counts each batch of a step whose gradients are accumulated', async () => {
    const trainer = make(way, { optimizer: accumulateGradients(sgd({ learningRate: 0.3 }), { steps: 3 }) });
    const { epochs } = await trainer.fit(data, { epochs: 1 });
    expect(epochs[0]!['range_count']).toBe(count);
    trainer.dispose();
  });

  it.each([
    ['one share', (_: tf.Tensor) => tf.scalar(0.25)],
    ['a share of each example', (x: tf.Tensor) => tf.fill([x.shape[0]!], 0.25)],
  ] as const)('counts both targets of a mixed batch with their share, %s', async (_, shareOf) => {
    const mix: Plugin = {
      name: 'mix',
      transformBatch: (batch) => ({
        ...batch,
        mixture: { targets: batch.targets, share: shareOf(batch.inputs as tf.Tensor) as tf.Scalar },
      }),
    };
    const trainer = way.tinyTrainer([mix], {
      model,
      optimizer: sgd({ learningRate: 0.3 }),
      loss: softmaxCrossEntropy(),
      metrics: [ranges()],
    });
    const { epochs } = await trainer.fit(data, { epochs: 1 });
    expect(tablesOf(epochs[0]!)['range']!.values).toEqual([[count], [count * (0.25 ** 2 + 0.75 ** 2)]]);
    trainer.dispose();
  });

  it('leaves no tensor behind', async () => {
    const trainer = make(way);
    await trainer.fit(data, { epochs: 1, validation: data });
    const before = tf.memory().numTensors;
    await trainer.fit(data, { epochs: 4, validation: data });
    expect(tf.memory().numTensors).toBe(before);
    trainer.dispose();
  });

  it('fails with its own words in the step', async () => {
    const trainer = make(way, {
      metrics: [{ ...ranges(), tally: (given) => given }],
      capture: way.name.includes('captured') ? true : false,
    });
    await expect(trainer.fit(data, { epochs: 1 })).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      message: expect.stringContaining(
        'tally of the metric range must return a float32 tensor, got a tensor of int32',
      ) as string,
    });
    trainer.dispose();
  });
});

it('a snapshot in mid-epoch of other metrics is refused', async () => {
  const options = {
    device: 'cpu',
    model,
    optimizer: sgd({ learningRate: 0.1 }),
    loss: softmaxCrossEntropy(),
  };
  const stop: Plugin = { name: 'stop', onStepEnd: ({ run }) => run.stop('enough') };
  const first = createTrainer({ ...options, device: 'cpu', metrics: [ranges()], plugins: [stop] });
  await first.fit(data, { epochs: 1 });
  const snapshot = await first.save();
  const second = createTrainer({ ...options, device: 'cpu', plugins: [stop] });
  await expect(second.restore(snapshot)).rejects.toMatchObject({ code: 'STATE_MISMATCH' });
  const broken = { ...snapshot, totals: { ...snapshot.totals, tallies: { range: { sums: [1, 2] } } } };
  await expect(second.restore(broken as never)).rejects.toMatchObject({ code: 'STATE_MISMATCH' });
  for (const trainer of [first, second]) trainer.dispose();
});

it('two figures of one name are refused', async () => {
  const trainer = createTrainer({
    device: 'cpu',
    model,
    optimizer: sgd({ learningRate: 0.1 }),
    loss: softmaxCrossEntropy(),
    metrics: [ranges(), { ...accuracy(), name: 'range_count' }],
  });
  await expect(trainer.evaluate(data)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  trainer.dispose();
});

it.each([
  ['add', { ...ranges(), add: undefined }],
  ['figure', { ...ranges(), figure: undefined }],
  ['figure', { ...ranges(), figure: async () => Promise.resolve(1) }],
  ['tally', { ...ranges(), tally: 3 }],
])('a metric with a wrong %s is refused at once', (part, metric) => {
  expect(() =>
    createTrainer({
      model,
      optimizer: sgd({ learningRate: 0.1 }),
      loss: softmaxCrossEntropy(),
      metrics: [metric as never],
    }),
  ).toThrow(part === 'tally' ? 'metrics' : part);
});
