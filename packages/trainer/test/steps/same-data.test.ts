import { arrayDataset, type Dataset, split, subset } from '@cantrip/data';
import { tinyTrainer } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import type { Data, Plugin } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

const pause: Plugin = {
  name: 'pause',
  onStepEnd: ({ step, run }) => void (step === 2 && run.stop('a pause')),
};
const trainer = (): ReturnType<typeof tinyTrainer> =>
  tinyTrainer([pause], {
    model: () => sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] }),
  });

const inputs = Float32Array.from({ length: 24 }, (_, at) => Math.sin(at));
const targets = Int32Array.from({ length: 12 }, (_, at) => at % 3);
const data = (more: object = {}): Dataset =>
  arrayDataset({
    inputs: { values: inputs, shape: [12, 2] },
    targets: { values: targets, shape: [12] },
    batchSize: 3,
    shuffle: true,
    ...more,
  });

const changed = (array: Float32Array, at: number): Float32Array =>
  array.map((value, index) => (index === at ? value + 1 : value));

/** A run in the middle of an epoch of the first data goes on with the second. */
async function goOn(begun: Data, then: Data): Promise<unknown> {
  const first = trainer();
  await first.fit(begun, { epochs: 1 });
  const snapshot = await first.save();
  first.dispose();
  const second = trainer();
  await second.restore(snapshot);
  return second.fit(then, { epochs: 1 }).finally(() => second.dispose());
}

const reversed = Array.from(targets.keys()).reverse();

describe('a run in the middle of an epoch goes on with the same data alone:', () => {
  it.each([
    ['other numbers', data(), data({ inputs: { values: changed(inputs, 17), shape: [12, 2] } })],
    [
      'other labels',
      data(),
      data({ targets: { values: targets.map((label) => (label + 1) % 3), shape: [12] } }),
    ],
    ['another selection', subset(data(), [0, 1, 2, 3, 4, 5, 6, 7]), subset(data(), [0, 1, 2, 3, 4, 5, 6, 8])],
    ['the same examples in another order', data(), subset(data(), reversed)],
    ['another part', ...split(data({ batchSize: 2 }), { first: 0.5, seed: 1 })],
    [
      'another split',
      split(data({ batchSize: 2 }), { first: 0.5, seed: 1 })[0],
      split(data({ batchSize: 2 }), { first: 0.5, seed: 2 })[0],
    ],
    ['another order', data(), data({ shuffle: false })],
  ] as const)('%s is refused', async (_, begun, then) => {
    await expect(goOn(begun, then)).rejects.toThrow(/its examples (shuffled|in order), .*STATE_MISMATCH/);
  });

  it.each([
    ['made again', data()],
    ['from copies of the arrays', data({ inputs: { values: inputs.slice(), shape: [12, 2] } })],
    ['in batches of another size', data({ batchSize: 5 })],
    ['filled up', data({ batchSize: 5, padLast: true, padTarget: 1 })],
    ['prepared in advance', data({ prefetch: 2 })],
  ] as const)('the same data, %s, is taken', async (_, then) => {
    await expect(goOn(data(), then)).resolves.toBeDefined();
  });
});

describe('examples in memory, in the middle of an epoch,', () => {
  const rows = Array.from({ length: 12 }, (_, at) => [Math.sin(2 * at), Math.sin(2 * at + 1)]);
  const labels = [...targets];
  const sizes = { batchSize: 3 };
  const forms = {
    'nested arrays': (x: number[][], y: number[]): Data => ({ inputs: x, targets: y, ...sizes }),
    'typed arrays': (x: number[][], y: number[]): Data => ({
      inputs: { values: Float32Array.from(x.flat()), shape: [12, 2] },
      targets: { values: Int32Array.from(y), shape: [12] },
      ...sizes,
    }),
    tensors: (x: number[][], y: number[]): Data => ({
      inputs: tf.tensor2d(x),
      targets: tf.tensor1d(y, 'int32'),
      ...sizes,
    }),
    'weighted arrays': (x: number[][], y: number[]): Data => ({
      inputs: x,
      targets: y,
      weights: y.map((label) => 1 + label),
      ...sizes,
    }),
  };
  const moved = <T>(list: readonly T[]): T[] => [...list.slice(1), list[0]!];

  describe.each(Object.entries(forms))('as %s,', (_, form) => {
    it('go on where they are the same, and are refused in another order or with another number or label', async () => {
      await expect(goOn(form(rows, labels), form(rows, labels))).resolves.toBeDefined();
      for (const [x, y] of [
        [moved(rows), moved(labels)],
        [rows.map(([a, b], at) => (at === 7 ? [a! + 1, b!] : [a!, b!])), labels],
        [rows, labels.map((label, at) => (at === 7 ? (label + 1) % 3 : label))],
      ] as const) {
        await expect(goOn(form(rows, labels), form([...x], [...y]))).rejects.toThrow(
          /its examples shuffled, contents [0-9a-f]{8}, but this data has its examples shuffled, contents .*STATE_MISMATCH/,
        );
      }
    });
  });

  it('are refused with other weights', async () => {
    const weighted = (weight: number): Data => ({
      inputs: rows,
      targets: labels,
      weights: labels.map((_, at) => (at === 3 ? weight : 1)),
      ...sizes,
    });
    await expect(goOn(weighted(1), weighted(2))).rejects.toThrow(/STATE_MISMATCH/);
  });
});

describe('what a run sees, however often it is resumed,', () => {
  /** The steps and examples of a run that ends after each of these steps and goes on in a new trainer. */
  async function seen(ends: readonly number[]): Promise<readonly number[]> {
    const examples: number[] = [];
    const source = data();
    const watching = {
      batchesPerEpoch: source.batchesPerEpoch,
      examplesPerEpoch: source.examplesPerEpoch,
      batchesAfter: (done: number) => source.batchesAfter(done),
      signature: source.signature,
      async *batches(request: Parameters<Dataset['batches']>[0]) {
        for await (const batch of source.batches(request)) {
          examples.push(...(batch.inputs as { values: Float32Array }).values.filter((_, at) => at % 2 === 0));
          yield batch;
        }
      },
    };
    let snapshot: Awaited<ReturnType<ReturnType<typeof trainer>['save']>> | undefined;
    for (const end of [...ends, Infinity]) {
      const before = examples.length;
      const stop: Plugin = {
        name: 'pause',
        onStepEnd: ({ step, run }) => void (step === end && run.stop('a pause')),
      };
      const one = tinyTrainer([stop], {
        model: () => sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] }),
      });
      if (snapshot) await one.restore(snapshot);
      const from = one.position().step;
      await one.fit(watching, { epochs: 3 });
      snapshot = await one.save();
      // What was read ahead and not trained on is read again.
      examples.length = before + (one.position().step - from) * 3;
      one.dispose();
    }
    return examples;
  }

  it.each([
    ['twice within one epoch', [1, 3]],
    ['at the end of an epoch', [4]],
    ['in the middle of an epoch that others follow', [6]],
    ['after each step', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
  ])('is the same where it stopped %s', async (_, ends) => {
    const whole = await seen([]);
    expect(whole).toHaveLength(36);
    expect(await seen(ends)).toEqual(whole);
  });
});
