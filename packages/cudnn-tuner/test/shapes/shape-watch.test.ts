import { describe, expect, it } from 'vitest';
import { shapeWatch } from '../../src/index.ts';

describe('shapeWatch', () => {
  it('is silent while all shapes are equal', () => {
    const watch = shapeWatch();
    for (let step = 0; step < 1000; step++) expect(watch.see('inputs[64,28,28,1]')).toBeUndefined();
    expect(watch).toMatchObject({ signatures: 1, lostMilliseconds: 0, advice: undefined });
  });

  it('warns with the count and what to do at the second shape', () => {
    const watch = shapeWatch();
    watch.see('inputs[64,28,28,1]');
    expect(watch.see('inputs[32,28,28,1]')).toBe(
      '[cudnn-tuner] batches have had 2 different shapes so far, the latest inputs[32,28,28,1]. For each new shape, a ' +
        "captured step is recorded again, and a GPU measures cuDNN's algorithms again. Batches have 64 or 32 examples: " +
        'drop the smaller last one with the option dropLast of arrayDataset or rebatch, or pad it with the option padLast.',
    );
  });

  it('warns again only at powers of two, and counts no shape twice', () => {
    const watch = shapeWatch();
    const warned: number[] = [];
    for (let round = 0; round < 2; round++) {
      for (let size = 1; size <= 100; size++) if (watch.see(`[${size}]`)) warned.push(size);
    }
    expect(warned).toEqual([2, 4, 8, 16, 32, 64]);
  });

  it('says nothing of as many shapes as are expected', () => {
    const watch = shapeWatch({ shapes: 4 });
    const warnings = [1, 2, 3, 4].map((size) => watch.see(`[8,${size}]`));
    expect(warnings).toEqual([undefined, undefined, undefined, undefined]);
    expect(watch.advice).toBeUndefined();
    const more = [5, 6, 7, 8].map((size) => watch.see(`[8,${size}]`));
    expect(more.map(Boolean)).toEqual([false, false, false, true]);
    expect(watch.advice).toContain('bucketedDataset');
  });

  it('remembers no more than 64 shapes, and then says "or more"', () => {
    const record = { signatures: [] };
    const watch = shapeWatch({ record });
    const warnings = Array.from({ length: 500 }, (_, size) => watch.see(`[${size}]`)).filter(Boolean);
    expect(record.signatures).toHaveLength(64);
    expect(watch.signatures).toBe(64);
    expect(warnings.at(-1)).toMatch(/^\[cudnn-tuner\] batches have had 64 or more different shapes/);
  });

  it('goes on with a saved record', () => {
    const record = { signatures: [] };
    const watch = shapeWatch({ record });
    watch.see('[1]');
    watch.see('[2]');
    const resumed = shapeWatch({ record: structuredClone(record) });
    expect(resumed.see('[2]')).toBeUndefined();
    expect(resumed.see('[3]')).toBeUndefined();
    expect(resumed.see('[4]')).toMatch(/4 different/);
  });
});

describe('the time lost', () => {
  it('is what first steps took, less the median of the later ones of their shape', () => {
    const watch = shapeWatch();
    for (const milliseconds of [100, 10, 30, 20]) watch.see('[64]', { milliseconds });
    expect(watch.lostMilliseconds).toBe(100 - 20);
    for (const milliseconds of [50, 8]) watch.see('[32]', { milliseconds });
    expect(watch.lostMilliseconds).toBe(80 + 42);
  });

  it('contains what steps took that were recorded anew', () => {
    const watch = shapeWatch();
    const recorded = { milliseconds: 100, recording: { milliseconds: 60 } };
    watch.see('[64]', recorded);
    expect(watch.lostMilliseconds).toBe(60);
    for (const step of [{ milliseconds: 10 }, { milliseconds: 10 }, recorded]) watch.see('[64]', step);
    expect(watch.lostMilliseconds).toBe(2 * 90);
  });

  it('is recording alone where each batch has a shape of its own, however many there are', () => {
    const watch = shapeWatch();
    for (let size = 1; size <= 200; size++) {
      watch.see(`[${size}]`, { milliseconds: 5, recording: { milliseconds: 2 } });
    }
    expect(watch.lostMilliseconds).toBe(400);
  });

  it('stands in the warning', () => {
    const watch = shapeWatch();
    watch.see('[64]', { milliseconds: 100, recording: { milliseconds: 60.4 } });
    const warning = watch.see('[32]', { milliseconds: 100, recording: { milliseconds: 40.2 } });
    expect(warning).toContain(
      "measures cuDNN's algorithms again. This has cost 101 ms so far. Batches have 64 or 32",
    );
  });
});

describe('the advice', () => {
  const cases: readonly (readonly [what: string, signatures: readonly string[], advice: RegExp])[] = [
    [
      'one smaller batch',
      ['inputs[8,6] targets[8] int32', 'inputs[4,6] targets[4] int32'],
      /dropLast.*padLast/,
    ],
    ['plain sizes', ['64,28,28,1', '32,28,28,1'], /dropLast.*padLast/],
    ['batches of several sizes', ['[8,6]', '[4,6]', '[7,6]'], /^batches differ .*padLast of arrayDataset/],
    [
      'examples of several lengths',
      ['inputs[8,12] int32 targets[8] int32', 'inputs[8,20] int32 targets[8] int32'],
      /bucketedDataset of @cantrip\/data, choose the lengths with bucketLengths, and set the option shapes/,
    ],
    [
      'targets of several lengths',
      ['inputs[8,32] int32 targets[8,7] int32', 'inputs[8,32] int32 targets[8,9] int32'],
      /bucketedDataset/,
    ],
    ['lengths and smaller batches', ['[8,12]', '[8,20]', '[3,20]'], /bucketedDataset.*padLast/],
    ['another input', ['inputs.a[8,4]', 'inputs.a[8,4] inputs.b[8,4]'], /capture: false.*mode: 'off'/],
    ['another dtype', ['inputs[8,4]', 'inputs[8,4] int32'], /capture: false.*mode: 'off'/],
    ['another rank', ['inputs[8,4]', 'inputs[8,4,1]'], /capture: false.*mode: 'off'/],
    ['texts of another kind', ['small', 'large'], /capture: false.*mode: 'off'/],
  ];

  it.each(cases)('for %s', (_, signatures, advice) => {
    const watch = shapeWatch();
    for (const signature of signatures) watch.see(signature);
    expect(watch.advice).toMatch(advice);
  });
});
