import { asBatchSource, type BatchSource } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

describe('asBatchSource', () => {
  it('gives examples in memory as batches, and returns a source unchanged', () => {
    expect(asBatchSource({ inputs: [[1], [2]], targets: [[2], [4]], batchSize: 1 }).batchesPerEpoch).toBe(2);
    const source: BatchSource = { batchesPerEpoch: 1, batches: () => [] };
    expect(asBatchSource(source)).toBe(source);
  });
});
