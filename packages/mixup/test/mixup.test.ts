import { arrayDataset, rebatch } from '@cantrip/data';
import { labelSmoothing, smoothedCrossEntropy } from '@cantrip/label-smoothing';
import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { distanceFrom, loadGolden, presentWays, tinyData, type Way, weightsOf } from '@cantrip/testing';
import {
  accuracy,
  type AnyPlugin,
  type Batch,
  type BatchSource,
  type Plugin,
  type StepContext,
  type TrainerOptions,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { mixup, type MixupOptions } from '../src/index.ts';

const ways = await presentWays();

/** Notes the scalars of each batch. */
const noting = (seen: Readonly<Record<string, number>>[]): AnyPlugin =>
  ({
    name: 'noting',
    scheduleBatchScalars: (scalars) => (seen.push(scalars), scalars),
  }) satisfies Plugin;

async function scalarsOf(
  options: MixupOptions,
  {
    epochs = 4,
    way = ways[0]!,
    more = {},
  }: { epochs?: number; way?: Way; more?: Partial<TrainerOptions> } = {},
): Promise<Readonly<Record<string, number>>[]> {
  const seen: Readonly<Record<string, number>>[] = [];
  const trainer = way.tinyTrainer([mixup(options), noting(seen)], more);
  await trainer.fit(tinyData(), { epochs });
  trainer.dispose();
  return seen;
}

describe('the share of a batch', () => {
  it('is the same number in every way to run it, and after a resume', async () => {
    const options = { alpha: 0.4, cutmixAlpha: 1 };
    const wanted = await scalarsOf(options);
    expect(new Set(wanted.map(({ mixupShare }) => mixupShare)).size).toBe(12);
    for (const way of ways) expect(await scalarsOf(options, { way })).toEqual(wanted);
    const seen: Readonly<Record<string, number>>[] = [];
    const first = ways[0]!.tinyTrainer([mixup(options), noting(seen)]);
    await first.fit(tinyData(), { epochs: 2 });
    const second = ways[0]!.tinyTrainer([mixup(options), noting(seen)]);
    await second.restore(await first.save());
    await second.fit(tinyData(), { epochs: 4 });
    for (const trainer of [first, second]) trainer.dispose();
    expect(seen).toEqual(wanted);
  });

  it('has the distribution of Beta(alpha, alpha)', async () => {
    interface Cases {
      readonly beta: readonly { readonly a: number; readonly quantiles: readonly number[] }[];
      readonly probabilities: readonly number[];
    }
    const url = new URL('../../ops/test/golden/distributions.json', import.meta.url);
    const { cases } = loadGolden<Cases>(url);
    const shares = await scalarsOf({ alpha: 0.2 }, { epochs: 400 });
    const { quantiles } = cases.beta.find(({ a }) => a === 0.2)!;
    const drawn = shares.map(({ mixupShare }) => mixupShare!);
    expect(distanceFrom(drawn, quantiles, cases.probabilities)).toBeLessThan(1.63);
  });

  it('is 1, and no box is cut, in the batches that are not mixed', async () => {
    const all = await scalarsOf({ alpha: 1, cutmixAlpha: 1, probability: 0.5 }, { epochs: 100 });
    const plain = all.filter(({ mixupShare }) => mixupShare === 1);
    // 300 draws of 0.5, within four standard deviations.
    expect(Math.abs(plain.length - 150)).toBeLessThan(35);
    expect(plain.every(({ mixupCuts }) => mixupCuts === 0)).toBe(true);
    const cut = all.filter(({ mixupCuts }) => mixupCuts === 1);
    expect(Math.abs(cut.length - 75)).toBeLessThan(30);
  });

  it('is 1 from offEpoch on', async () => {
    const shares = await scalarsOf({ offEpoch: 2 });
    const mixed = shares.map(({ mixupShare }) => mixupShare !== 1);
    expect(mixed).toEqual([...Array<boolean>(6).fill(true), ...Array<boolean>(6).fill(false)]);
  });

  it('is drawn for each batch of a step, as without accumulation', async () => {
    const optimizer = accumulateGradients(sgd({ learningRate: 0.1 }), { steps: 3 });
    const options = { alpha: 0.4, cutmixAlpha: 1 };
    const accumulated = await scalarsOf(options, { more: { optimizer } });
    expect(accumulated).toEqual(await scalarsOf(options));
    expect(new Set(accumulated.map(({ mixupShare }) => mixupShare)).size).toBe(12);
  });
});

/** Reads the batch as mixup left it. */
const watching = (inputs: number[][], partners: number[][]): AnyPlugin => ({
  name: 'watching',
  variables: () => ({ inputs: tf.variable(tf.zeros([8]), false), others: tf.variable(tf.zeros([8]), false) }),
  transformBatch(batch: Batch, { ownVariables }: StepContext) {
    ownVariables['inputs']!.assign(tf.reshape(batch.inputs as tf.Tensor, [8]));
    ownVariables['others']!.assign(tf.cast(batch.mixture!.targets as tf.Tensor, 'float32'));
    return batch;
  },
  onStepEnd({ ownVariables }: { ownVariables: Readonly<Record<string, tf.Variable>> }) {
    inputs.push([...ownVariables['inputs']!.dataSync()]);
    partners.push([...ownVariables['others']!.dataSync()]);
  },
});

/** Rows 0 to 7 hold their own number; only the first five are examples. */
const numbered = (size = 5): BatchSource => ({
  batchesPerEpoch: 1,
  *batches() {
    yield {
      inputs: { values: Float32Array.from({ length: 8 }, (_, row) => row), shape: [8, 1] },
      targets: { values: Int32Array.from({ length: 8 }, (_, row) => row), shape: [8] },
      size,
    };
  },
});

const eightClasses: Partial<TrainerOptions> = {
  model: () => sequential({ layers: [layers.dense({ units: 8, inputShape: [1] })] }),
};

describe.each(ways)('the partners of a batch, $name,', ({ tinyTrainer }) => {
  const paired = async (options: MixupOptions, size?: number): Promise<[number[][], number[][]]> => {
    const [inputs, partners]: [number[][], number[][]] = [[], []];
    const half: AnyPlugin = {
      name: 'half',
      after: ['mixup'],
      scheduleBatchScalars: (all) => ({ ...all, mixupShare: 0.5 }),
    };
    const trainer = tinyTrainer([mixup(options), half, watching(inputs, partners)], eightClasses);
    await trainer.fit(numbered(size), { epochs: 6 });
    trainer.dispose();
    return [inputs, partners];
  };

  it('are a permutation of the rows, another one in each step, for inputs and targets alike', async () => {
    const [inputs, partners] = await paired({}, 8);
    expect(new Set(partners.map(String)).size).toBe(6);
    for (const [step, others] of partners.entries()) {
      expect([...others].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(inputs[step]).toEqual(others.map((other, row) => (row + other) / 2));
    }
  });

  it('are examples for examples: rows that only fill the batch are mixed into none', async () => {
    const [, partners] = await paired({});
    for (const others of partners) expect(others.slice(0, 5).sort()).toEqual([0, 1, 2, 3, 4]);
    const [, flipped] = await paired({ pairing: 'flip' });
    for (const others of flipped) expect(others).toEqual([4, 3, 2, 1, 0, 5, 6, 7]);
  });

  it('make a last batch that is filled up train as the smaller one', async () => {
    const shortLast = arrayDataset({
      inputs: { values: Float32Array.from({ length: 60 }, (_, at) => Math.sin(at)), shape: [20, 3] },
      targets: { values: Int32Array.from({ length: 20 }, (_, at) => (at * 7) % 4), shape: [20] },
      classes: 4,
      batchSize: 8,
    });
    const train = async (data: BatchSource): Promise<number[]> => {
      const trainer = tinyTrainer([mixup({ pairing: 'flip' })], {
        model: () => sequential({ layers: [layers.dense({ units: 4, inputShape: [3] })] }),
        loss: smoothedCrossEntropy({ smoothing: 0, ignoreIndex: -100 }),
        metrics: [accuracy({ ignoreIndex: -100 })],
      });
      await trainer.fit(data, { epochs: 2 });
      const weights = Object.values(await weightsOf(trainer)).flat();
      trainer.dispose();
      return weights;
    };
    const short = await train(shortLast);
    const filled = await train(rebatch(shortLast, { padLast: true }));
    filled.forEach((value, at) => expect(value).toBeCloseTo(short[at]!, 5));
  });
});

it('mixup and CutMix, switched from step to step, are one recording', async () => {
  const way = ways.find(({ captured }) => captured);
  if (!way) return;
  let recordings = 0;
  const counting: AnyPlugin = {
    name: 'counting',
    onStepEnd: ({ recording }: { recording?: { count: number } }) =>
      void (recordings += recording?.count ?? 0),
  };
  const trainer = way.tinyTrainer([mixup({ alpha: 0.4, cutmixAlpha: 1 }), counting]);
  await trainer.fit(tinyData(), { epochs: 4 });
  trainer.dispose();
  expect(recordings).toBe(1);
});

describe('refused are', () => {
  const fit = async (plugins: readonly AnyPlugin[], data: BatchSource, more = {}): Promise<void> => {
    const trainer = ways[0]!.tinyTrainer(plugins, { ...eightClasses, ...more });
    await trainer.fit(data, { epochs: 1 }).finally(() => trainer.dispose());
  };
  const rows: readonly (readonly [string, MixupOptions, Partial<Record<string, unknown>>, RegExp])[] = [
    [
      'inputs that are indices',
      {},
      { inputs: { values: new Int32Array(8), shape: [8, 1] } },
      /^\[mixup\] inputs must be float32, because indices cannot be mixed, got int32.*DTYPE_MISMATCH/,
    ],
    [
      'rows that are no images, by CutMix',
      { cutmixAlpha: 1 },
      {},
      /^\[mixup\] CutMix needs images \[batch, height, width, channels\], got shape \[8, 1\].*SHAPE_MISMATCH/,
    ],
  ];
  it.each(rows)('%s', async (_, options, part, words) => {
    const data: BatchSource = {
      batchesPerEpoch: 1,
      *batches(request) {
        for (const batch of numbered(8).batches(request) as Iterable<object>)
          yield { ...batch, ...part } as never;
      },
    };
    await expect(fit([mixup(options)], data)).rejects.toThrow(words);
  });

  it('a second mixup, and label smoothing before it', () => {
    expect(() => ways[0]!.tinyTrainer([mixup(), mixup()])).toThrow('PLUGIN_TWICE');
    expect(() => ways[0]!.tinyTrainer([labelSmoothing(), mixup()])).toThrow(
      '[label-smoothing] must come after mixup, which provides mixes-labels.',
    );
  });

  it.each([
    { alpha: -1 },
    { alpha: NaN },
    { alpha: Infinity },
    { cutmixAlpha: '1' },
    { cutmixMinmax: [0.8, 0.2] },
    { cutmixMinmax: [0, 0.5] },
    { cutmixMinmax: [0.2] },
    { probability: 1.1 },
    { switchProbability: -0.1 },
    { correctShare: 1 },
    { pairing: 'random' },
    { mode: 'example' },
    { offEpoch: 1.5 },
    { alfa: 1 },
    null,
  ])('the options %o', (options) => {
    expect(() => mixup(options as MixupOptions)).toThrow(/^\[mixup\] .+\. .+\. \(OPTION_INVALID\)$/);
  });
});
