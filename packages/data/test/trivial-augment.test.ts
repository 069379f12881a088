import { arrayDataset, trivialAugment } from '@cantrip/data';
import { loadGolden } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { operations } from '../src/augment/image-ops/operations.ts';

interface Case {
  readonly name: string;
  readonly shape: readonly [number, number, number];
  readonly image: readonly number[];
  readonly results: readonly { readonly magnitude: number; readonly expected: readonly number[] }[];
}

const { cases } = loadGolden<{
  readonly space: readonly {
    readonly name: string;
    readonly magnitudes: number[];
    readonly signed: boolean;
  }[];
  readonly operations: Readonly<Record<string, Case>>;
}>(new URL('golden/trivial-augment.json', import.meta.url));

/** Our operation of torchvision's name. */
const operationOf = (name: string) =>
  operations.find((one) => one.name.toLowerCase() === name.toLowerCase())!;

describe('an operation of trivialAugment', () => {
  it.each(Object.entries(cases.operations))('%s gives the bytes of torchvision', (_, given) => {
    const [height, width, channels] = given.shape;
    const operation = operationOf(given.name);
    for (const { magnitude, expected } of given.results) {
      const values = Uint8Array.from(given.image);
      const scratch = new Uint8Array(values.length);
      operation.apply({ values, height, width, channels }, magnitude, { fill: 0, scratch });
      expect([...values], `at ${magnitude}`).toEqual(expected);
    }
  });

  it("has torchvision's order, strengths and signs", () => {
    expect(operations.map(({ name }) => name.toLowerCase())).toEqual(
      cases.space.map(({ name }) => name.toLowerCase()),
    );
    for (const { name, magnitudes, signed } of cases.space) {
      const { magnitude, isSigned = false } = operationOf(name);
      const own = magnitudes.length === 1 ? [0] : magnitudes.map((_, at) => magnitude!(at / 30));
      own.forEach((one, at) => expect(one, `${name} ${at}`).toBeCloseTo(magnitudes[at]!, 4));
      expect([name, isSigned]).toEqual([name, signed]);
    }
  });

  it('fills what comes from outside', () => {
    const values = new Uint8Array([1, 2, 3, 4]);
    const image = { values, height: 2, width: 2, channels: 1 };
    operationOf('TranslateX').apply(image, 1, { fill: 9, scratch: new Uint8Array(4) });
    expect([...values]).toEqual([9, 1, 9, 3]);
  });
});

const images = (count: number, channels = 3) => ({
  values: Uint8Array.from({ length: count * 64 * channels }, (_, at) => (at * 37) % 256),
  shape: [count, 8, 8, channels],
});
const labels = (count: number) => ({ values: new Int32Array(count), shape: [count] });

async function epochOf(
  augment: readonly ReturnType<typeof trivialAugment>[],
  { start = 0, epoch = 1, prefetch = 0 } = {},
) {
  const dataset = arrayDataset({ inputs: images(40), targets: labels(40), batchSize: 8, augment, prefetch });
  const all: number[][] = [];
  for await (const { inputs } of dataset.batches({ seed: 3, epoch, start }))
    all.push([...(inputs as { values: Iterable<number> }).values]);
  return all;
}

describe('trivialAugment', () => {
  it('changes each image by itself, again in each epoch, and the same when a run is resumed', async () => {
    const plain = await epochOf([]);
    const changed = await epochOf([trivialAugment()]);
    expect(await epochOf([trivialAugment()])).toEqual(changed);
    expect(await epochOf([trivialAugment()], { prefetch: 2 })).toEqual(changed);
    expect(await epochOf([trivialAugment()], { start: 2 })).toEqual(changed.slice(2));
    expect(await epochOf([trivialAugment()], { epoch: 2 })).not.toEqual(changed);
    const size = 8 * 8 * 3;
    const images = (batches: number[][]) =>
      batches.flatMap((batch) =>
        Array.from({ length: 8 }, (_, i) => batch.slice(i * size, (i + 1) * size).join()),
      );
    const before = images(plain);
    const same = images(changed).filter((image, i) => image === before[i]).length;
    // The identity, operations of no strength and those that find nothing to do, of 40 images.
    expect(same).toBeGreaterThan(2);
    expect(same).toBeLessThan(20);
  });

  it('draws every operation, every strength and both signs', async () => {
    const { augmentTrivially } = await import('../src/augment/trivial-augment.ts');
    const drawn = new Set<number>();
    const random = { integer: (below: number) => (drawn.add(below), below - 1) };
    const image = { values: new Uint8Array(12), height: 2, width: 2, channels: 3 };
    augmentTrivially(image, trivialAugment({ bins: 7 }), random as never, new Uint8Array(12));
    expect([...drawn]).toEqual([14, 7, 2]);
  });

  it.each([
    [
      { inputs: { ...images(2), values: new Float32Array(384) } },
      /needs images of bytes, got Float32Array\(384\)/,
    ],
    [{ inputs: images(2, 2) }, /needs images with 1 or 3 channels, got 2/],
    [{ augment: [{ kind: 'trivialAugment', bins: 1, fill: 0 }] }, /bins/],
    [{ augment: [{ kind: 'trivialAugment', bins: 31 }] }, /fill/],
  ])('is refused for %o', (options, sentence) => {
    const right = { inputs: images(2), targets: labels(2), batchSize: 2, augment: [trivialAugment()] };
    expect(() => arrayDataset({ ...right, ...(options as object) })).toThrow(sentence);
  });

  it.each([{ bins: 1 }, { bins: 2.5 }, { fill: 256 }, { fill: -1 }, { magnitude: 3 }])(
    'refuses the options %o',
    (options) => {
      expect(() => trivialAugment(options as never)).toThrow(
        /^\[trivialAugment\] .+\. .+\. \(OPTION_INVALID\)$/,
      );
    },
  );
});
