import { arrayDataset, classWeights, kFold, randomFlip, split, weightedSample } from '@cantrip/data';
import type { HostBatch } from '@cantrip/ops';
import { loadGolden } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { allOf, targetsOf, tensorOf } from '../fixtures/tiny-images.ts';

interface Cases {
  readonly weights: readonly { readonly labels: number[]; readonly weights: number[] }[];
}

const { cases, tolerance } = loadGolden<Cases>(new URL('../golden/splits.json', import.meta.url));
const labels = Int32Array.from({ length: 60 }, (_, index) => (index < 45 ? 0 : index < 55 ? 1 : 2));
const dataset = arrayDataset({
  inputs: { values: Float32Array.from(labels, (_, index) => index), shape: [60, 1, 1, 1] },
  targets: { values: labels, shape: [60] },
  batchSize: 7,
  shuffle: true,
  augment: [randomFlip()],
  prefetch: 0,
});
const numbersOf = async (batches: AsyncIterable<HostBatch>): Promise<number[]> =>
  (await allOf(batches)).flatMap(({ inputs }) => [...tensorOf(inputs).values]);

describe('kFold', () => {
  it('validates each example once, without shuffling, and trains on all others', async () => {
    const folds = kFold(dataset, { folds: 5, seed: 3, stratify: true });
    const held = await Promise.all(folds.map(({ validation }) => numbersOf(validation.batches({ seed: 1 }))));
    expect(held.flat().sort((a, b) => a - b)).toEqual([...Array(60).keys()]);
    for (const [at, { train, validation }] of folds.entries()) {
      expect(held[at]).toEqual([...held[at]!].sort((a, b) => a - b));
      const rest = await numbersOf(train.batches({ seed: 1 }));
      expect(new Set([...rest, ...held[at]!]).size).toBe(60);
      expect(rest).not.toEqual([...rest].sort((a, b) => a - b));
      expect((await targetsOf(validation.batches())).filter((label) => label === 2)).toHaveLength(1);
    }
  });

  it('splits by the classes of the targets, also of a part', async () => {
    const [first, second] = split(dataset, { first: 0.8, seed: 1, stratify: true });
    const [, again] = split(first, { first: 0.75, seed: 2, stratify: true });
    expect((await targetsOf(second.batches())).sort()).toEqual([...Array<number>(9).fill(0), 1, 1, 2]);
    expect((await targetsOf(again.batches())).sort()).toEqual([...Array<number>(9).fill(0), 1, 1, 2]);
  });
});

describe('classWeights', () => {
  it.each(cases.weights.map((golden, index) => [index, golden] as const))(
    "are scikit-learn's balanced ones, case %i",
    (_, golden) => {
      const weights = classWeights(golden.labels);
      expect(weights).toHaveLength(golden.weights.length);
      weights.forEach((weight, label) => {
        expect(Math.abs(weight / golden.weights[label]! - 1)).toBeLessThanOrEqual(tolerance.relative ?? 0);
      });
    },
  );

  it('come from the targets of a dataset', () => {
    expect(classWeights(dataset)).toEqual(classWeights(labels));
  });
});

describe('weightedSample', () => {
  it('draws each example as often as its weight says', async () => {
    const weights = Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? 0 : 1 + (index % 5)));
    const drawn = weightedSample(dataset, { weights, examples: 60_000 });
    expect(drawn).toMatchObject({ size: 60_000, examplesPerEpoch: 60_000 });
    const counts = Array<number>(60).fill(0);
    for (const example of await numbersOf(drawn.batches({ seed: 8 }))) counts[example]! += 1;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const chiSquared = weights.reduce((sum, weight, example) => {
      const expected = (60_000 * weight) / total;
      if (weight === 0) expect(counts[example]).toBe(0);
      return weight === 0 ? sum : sum + (counts[example]! - expected) ** 2 / expected;
    }, 0);
    // 40 examples have a weight: 39 degrees of freedom, exceeded with a probability of 1e-6.
    expect(chiSquared).toBeLessThan(95.9);
  });

  it('makes the classes equally likely', async () => {
    const even = weightedSample(dataset, { weights: 'balanced', examples: 9000 });
    const counts = [0, 0, 0];
    for (const label of await targetsOf(even.batches())) counts[label]! += 1;
    for (const count of counts) expect(Math.abs(count - 3000)).toBeLessThan(250);
  });

  it('draws the same from any place in an epoch, and something else in the next', async () => {
    const drawn = weightedSample(dataset, { weights: labels, examples: 30 });
    const whole = await numbersOf(drawn.batches({ seed: 4, epoch: 2 }));
    expect(await numbersOf(drawn.batches({ seed: 4, epoch: 2, examples: 13 }))).toEqual(whole.slice(13));
    expect(await numbersOf(drawn.batches({ seed: 4, epoch: 3 }))).not.toEqual(whole);
    expect(await numbersOf(drawn.batches({ seed: 5, epoch: 2 }))).not.toEqual(whole);
  });

  it('draws the same in a worker thread, and augments what is drawn again in another way', async () => {
    const images = (prefetch: number) =>
      weightedSample(
        arrayDataset({
          inputs: { values: Uint8Array.of(1, 2), shape: [1, 1, 2, 1] },
          targets: { values: Int32Array.of(0), shape: [1] },
          batchSize: 4,
          augment: [randomFlip()],
          prefetch,
        }),
        { weights: [1], examples: 20 },
      );
    const here = await numbersOf(images(0).batches({ seed: 1 }));
    expect(await numbersOf(images(2).batches({ seed: 1 }))).toEqual(here);
    expect(new Set(here.filter((_, index) => index % 2 === 0)).size).toBe(2);
  });

  it('is told apart by its signature', () => {
    const first = weightedSample(dataset, { weights: labels });
    const other = weightedSample(dataset, { weights: Float32Array.from(labels, (label) => label + 1) });
    expect(first.signature).not.toBe(other.signature);
    expect(first.signature).not.toBe(dataset.signature);
  });
});

it.each<[string, () => unknown, string]>([
  ['a class of one example', () => split(few([0, 0, 0, 1]), { first: 0.5, stratify: true }), 'has only 1'],
  ['more folds than examples', () => kFold(few([0, 1]), { folds: 3 }), '3 folds of 2 examples'],
  [
    'more folds than groups',
    () => kFold(few([0, 1, 0, 1]), { folds: 3, groups: [1, 1, 2, 2] }),
    '3 folds of 2 groups',
  ],
  [
    'a class too rare for the folds',
    () => kFold(few([0, 0, 0, 1, 1]), { folds: 3, stratify: true }),
    'class 1 has only 2',
  ],
  ['one group', () => split(few([0, 1]), { first: 0.5, groups: ['a', 'a'] }), 'only "a"'],
  [
    'labels of another length',
    () => split(few([0, 1]), { first: 0.5, groups: ['a'] }),
    'each of the 2 examples, got 1',
  ],
  ['a label that is NaN', () => split(few([0, 1]), { first: 0.5, groups: [NaN, 1] }), 'got NaN'],
  [
    'a part smaller than the classes',
    () => split(few([0, 0, 1, 1]), { first: 1, stratify: true }),
    '1 and 3 examples',
  ],
  ['a class without an example', () => classWeights([0, 2]), 'class 1 has no example'],
  ['a class that is no integer', () => classWeights([0.5]), 'got 0.5 in example 0'],
  ['no labels', () => classWeights([]), 'at least one'],
  [
    'weights that are all 0',
    () => weightedSample(few([0, 1]), { weights: [0, 0] }),
    'a finite sum above 0, got 0',
  ],
  ['a negative weight', () => weightedSample(few([0, 1]), { weights: [-1, 2] }), 'got -1 at index 0'],
  ['too few weights', () => weightedSample(few([0, 1]), { weights: [1] }), 'each of the 2 examples, got 1'],
  [
    'a split of what is drawn',
    () => split(weightedSample(few([0, 1]), { weights: [1, 1] }), { first: 1 }),
    'weightedSample',
  ],
])('refuses %s', (_, call, words) => {
  expect(call).toThrow(words);
});

function few(classes: number[]) {
  return arrayDataset({
    inputs: { values: Float32Array.from(classes), shape: [classes.length, 1] },
    targets: { values: Int32Array.from(classes), shape: [classes.length] },
    batchSize: 2,
  });
}
