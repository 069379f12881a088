import { describe, expect, it } from 'vitest';
import { soak } from '../../soak/soak.ts';

describe('one process that trains for long and opens many trainers', () => {
  it.each([
    ['tensorflow, captured', { device: 'tensorflow', capture: true }],
    ['wasm', { device: 'wasm', capture: false }],
  ] as const)('holds no tensor and no handle more: %s', { timeout: 240_000 }, async (_, way) => {
    const { before, samples, afterRun, after } = await soak({
      ...way,
      steps: 1000,
      sampleEvery: 100,
      trainers: 3,
    });
    expect(samples).toHaveLength(10);
    expect(new Set(samples.map(({ tensors }) => tensors)).size).toBe(1);
    expect([afterRun.tensors, after.tensors]).toEqual([before.tensors, before.tensors]);
    expect(after.handles).toEqual(before.handles);
  });
});
