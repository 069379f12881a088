import { arrayDataset } from '@cantrip/data';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { presentWays } from '@cantrip/testing';
import type { Data, Metric, Trainer, TrainerOptions } from '@cantrip/trainer';
import { createTrainer, meanSquaredError, tfDataset } from '@cantrip/trainer';
import { sgd } from '@cantrip/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import { beforeAll, describe, expect, it } from 'vitest';

/** Outputs are a + 2 b, and with several ones a - b too; targets are 0. */
const a = [[1], [2], [3]];
const b = [[0], [1], [-1]];
const zeros = [[0], [0], [0]];
const weights = [1, 0, 3];
const sums = [1, 4, 1];
const differences = [1, 1, 4];

type Kind = 'plain' | 'weights' | 'several inputs' | 'several outputs';

const host = (rows: readonly (readonly number[])[]) => ({
  values: Float32Array.from(rows.flat()),
  shape: [rows.length, rows[0]!.length],
});

/** One input has a and b side by side. */
const joined = a.map(([left], at) => [left!, b[at]![0]!]);

interface Rows {
  readonly inputs: Readonly<Record<string, number[][]>> | number[][];
  readonly targets: Readonly<Record<string, number[][]>> | number[][];
  readonly weights?: number[];
}

function rowsOf(kind: Kind): Rows {
  return {
    inputs: kind === 'several inputs' ? { a, b } : joined,
    targets: kind === 'several outputs' ? { sum: zeros, difference: zeros } : zeros,
    ...(kind === 'weights' && { weights }),
  };
}

/** Each part of some rows in another form. */
function mapped<T>(part: Rows['inputs'], change: (rows: number[][]) => T): T | Record<string, T> {
  if (Array.isArray(part)) return change(part);
  return Object.fromEntries(Object.entries(part).map(([name, rows]) => [name, change(rows)]));
}

const parts = <T>(
  rows: Rows,
  change: (rows: number[][]) => T,
  weigh: (weights: number[]) => unknown,
): object => ({
  inputs: mapped(rows.inputs, change),
  targets: mapped(rows.targets, change),
  ...(rows.weights && { weights: weigh(rows.weights) }),
});

const hostWeights = (given: readonly number[]) => ({
  values: Float32Array.from(given),
  shape: [given.length],
});

/** The rows from `start` on, two at most. */
const cut = (rows: Rows, start: number): Rows => {
  const two = <T>(all: readonly T[]): T[] => all.slice(start, start + 2);
  return {
    inputs: mapped(rows.inputs, two) as Rows['inputs'],
    targets: mapped(rows.targets, two) as Rows['targets'],
    ...(rows.weights && { weights: two(rows.weights) }),
  };
};

const forms: Readonly<Record<string, (rows: Rows) => unknown>> = {
  'nested arrays': (rows) => ({ ...rows, batchSize: 2 }),
  'typed arrays with a shape': (rows) => ({ ...parts(rows, host, hostWeights), batchSize: 2 }),
  tensors: (rows) => ({
    ...parts(
      rows,
      (one) => tf.tensor2d(one),
      (one) => tf.tensor1d(one),
    ),
    batchSize: 2,
  }),
  'a dataset': (rows) =>
    arrayDataset({
      ...(parts(rows, host, hostWeights) as never as { inputs: never; targets: never }),
      batchSize: 2,
    }),
  'tf.data': (rows) => {
    const arrays = {
      xs: mapped(rows.inputs, (one) => tfd.array(one)),
      ys: mapped(rows.targets, (one) => tfd.array(one)),
    };
    const batches = tfd
      .zip({ ...arrays, ...(rows.weights && { weights: tfd.array(rows.weights) }) } as never)
      .batch(2);
    // TensorFlow.js does not know the size of such a dataset where targets have names.
    return Array.isArray(rows.targets) ? batches : tfDataset(batches as never, { batchesPerEpoch: 2 });
  },
  'a generator': (rows) => ({
    batchesPerEpoch: 2,
    *batches() {
      for (const start of [0, 2]) yield parts(cut(rows, start), host, hostWeights);
    },
  }),
};

const optionsOf = (kind: Kind): Partial<TrainerOptions> => ({
  log: () => undefined,
  metrics: kind === 'several outputs' ? {} : [],
  loss:
    kind === 'several outputs'
      ? { sum: meanSquaredError(), difference: meanSquaredError() }
      : meanSquaredError(),
  model: () => {
    const two = tf.variable(tf.scalar(2));
    return (given) => {
      const [left, right] =
        kind === 'several inputs'
          ? [(given as Record<string, tf.Tensor>)['a']!, (given as Record<string, tf.Tensor>)['b']!]
          : (tf.split(given as tf.Tensor, 2, 1) as [tf.Tensor, tf.Tensor]);
      const sum = tf.add(left, tf.mul(right, two));
      return kind === 'several outputs' ? { sum, difference: tf.sub(left, right) } : sum;
    };
  },
});

const kinds: readonly Kind[] = ['plain', 'weights', 'several inputs', 'several outputs'];
const mean = (values: readonly number[]): number =>
  values.reduce((total, one) => total + one, 0) / values.length;
const squared = (values: readonly number[]): number[] => values.map((value) => value ** 2);
// Outputs: 1, 4, 1, and differences 1, 1, 4.
const losses: Readonly<Record<Kind, number>> = {
  plain: 18 / 3,
  weights: (1 * 1 + 3 * 1) / 4,
  'several inputs': 18 / 3,
  'several outputs': mean(squared(sums)) + mean(squared(differences)),
};

describe.each(await presentWays())('data in every form, $name,', ({ options, tinyTrainer }) => {
  beforeAll(() => openDevice(options.device));

  it.each(kinds.flatMap((kind) => Object.keys(forms).map((form) => [form, kind] as const)))(
    '%s with %s is evaluated and predicted',
    async (form, kind) => {
      const trainer: Trainer = tinyTrainer([], optionsOf(kind));
      await trainer.open();
      const data = (): Data => forms[form]!(rowsOf(kind)) as Data;
      expect((await trainer.evaluate(data()))['loss']).toBeCloseTo(losses[kind], 4);
      const outputs = await trainer.predict(data());
      const byName =
        kind === 'several outputs' ? (outputs as Record<string, tf.Tensor>) : { sum: outputs as tf.Tensor };
      expect([...(await byName['sum']!.data())]).toEqual(sums);
      if (kind === 'several outputs') expect([...(await byName['difference']!.data())]).toEqual(differences);
      tf.dispose(outputs);
      trainer.dispose();
    },
  );

  it.each(['plain', 'several inputs', 'several outputs'] as const)(
    'inputs alone are predicted from every form, with %s',
    async (kind) => {
      const trainer = tinyTrainer([], optionsOf(kind));
      await trainer.open();
      const { inputs } = rowsOf(kind);
      for (const change of [
        (rows: number[][]): unknown => rows,
        host,
        (rows: number[][]) => tf.tensor2d(rows),
      ]) {
        const outputs = await trainer.predict(mapped(inputs, change) as never);
        const sum =
          kind === 'several outputs'
            ? (outputs as Record<string, tf.Tensor>)['sum']!
            : (outputs as tf.Tensor);
        expect([...(await sum.data())]).toEqual(sums);
        tf.dispose(outputs);
      }
      trainer.dispose();
    },
  );

  it('a metric that gives a number for each example is refused in one sentence, in fit and evaluate', async () => {
    const each: Metric = {
      name: 'each',
      compute: (targets, outputs) =>
        tf.squeeze(tf.squaredDifference(targets, outputs), [1]) as unknown as tf.Scalar,
    };
    const trainer = tinyTrainer([], { ...optionsOf('plain'), metrics: [each] });
    const sentence =
      '[trainer] the metric each must be a scalar, got shape [2]. Return a scalar, for example tf.mean(values). (SHAPE_MISMATCH)';
    const data = (): Data => forms['a dataset']!(rowsOf('plain')) as Data;
    await expect(trainer.evaluate(data())).rejects.toThrow(sentence);
    await expect(trainer.fit(data(), { epochs: 1 })).rejects.toThrow(sentence);
    trainer.dispose();
    const measured = tinyTrainer([], {
      ...optionsOf('plain'),
      metrics: [
        { ...each, measure: (targets, outputs) => ({ sum: each.compute(targets, outputs), weight: 2 }) },
      ],
    });
    await expect(measured.evaluate(data())).rejects.toThrow(
      '[trainer] the sum of the metric each must be a scalar, got shape [2].',
    );
    measured.dispose();
  });
});

describe('images of bytes without a normalization', () => {
  const images = { values: Uint8Array.from({ length: 6 * 4 }, (_, at) => at * 10), shape: [6, 2, 2, 1] };
  const targets = { values: new Float32Array(6), shape: [6, 1] };
  const told = async (inputs: object, shape: number[] = [2, 2, 1]): Promise<string[]> => {
    const said: string[] = [];
    const trainer = createTrainer({
      device: 'cpu',
      handleInterrupt: false,
      reporter: false,
      log: (message) => void said.push(message),
      optimizer: sgd({ learningRate: 1e-9 }),
      loss: meanSquaredError(),
      model: () => {
        const w = tf.variable(tf.ones([shape.reduce((x, y) => x * y), 1]));
        return (given) =>
          tf.matMul(
            tf.reshape(given as tf.Tensor, [-1, w.shape[0]!]) as tf.Tensor2D,
            w as unknown as tf.Tensor2D,
          );
      },
    });
    const data = (batchSize: number): Data =>
      arrayDataset({ inputs: inputs as typeof images, targets, batchSize });
    await trainer.fit(data(4), { epochs: 2, validation: data(3) });
    await trainer.evaluate(data(5));
    await trainer.fit(data(2), { epochs: 3 });
    trainer.dispose();
    return said.filter((message) => message.includes('bytes'));
  };

  it('are told of once, with what to do', async () => {
    expect(await told(images)).toEqual([
      '[trainer] inputs are bytes, so the model receives numbers from 0 to 255. ' +
        'Add a normalization, for example standardization(images) of @cantrip/data.',
    ]);
  });

  it('are not told of where they have one, or are no images', async () => {
    expect(await told({ ...images, normalization: { scale: 1 / 255, offset: 0 } })).toEqual([]);
    expect(await told({ values: images.values, shape: [6, 4] }, [4])).toEqual([]);
    expect(await told({ values: Float32Array.from(images.values), shape: [6, 2, 2, 1] })).toEqual([]);
  });
});
