import { describe, expect, it } from 'vitest';
import { shapeWatch } from '../src/index.ts';

describe('shapeWatch', () => {
  it('is silent while all shapes are equal', () => {
    const watch = shapeWatch();
    for (let step = 0; step < 1000; step++) expect(watch.see('inputs[64,28,28,1]')).toBeUndefined();
    expect(watch.count()).toBe(1);
  });

  it('warns with the count at the second shape', () => {
    const watch = shapeWatch();
    watch.see('inputs[64,28,28,1]');
    expect(watch.see('inputs[32,28,28,1]')).toBe(
      '[cudnn-tuner] 2 different input shapes so far, the latest inputs[32,28,28,1]: in benchmark mode a GPU ' +
        "measures cuDNN's algorithms anew for each. Give every batch the same shape, e.g. by dropping the last " +
        "short one, or take mode 'off'.",
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

  it('remembers no more than 64 shapes, and then says "or more"', () => {
    const record = { signatures: [] };
    const watch = shapeWatch(record);
    const warnings = Array.from({ length: 500 }, (_, size) => watch.see(`[${size}]`)).filter(Boolean);
    expect(record.signatures).toHaveLength(64);
    expect(watch.count()).toBe(64);
    expect(warnings.at(-1)).toMatch(/^\[cudnn-tuner\] 64 or more different input shapes/);
  });

  it('goes on with a saved record', () => {
    const record = { signatures: [] };
    const watch = shapeWatch(record);
    watch.see('[1]');
    watch.see('[2]');
    const resumed = shapeWatch(structuredClone(record));
    expect(resumed.see('[2]')).toBeUndefined();
    expect(resumed.see('[3]')).toBeUndefined();
    expect(resumed.see('[4]')).toMatch(/4 different/);
  });
});
