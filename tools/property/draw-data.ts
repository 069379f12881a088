import fc from 'fast-check';
import type { DataDraw } from './case.ts';

/** Few examples, in batches that need not divide them. */
export const drawData: fc.Arbitrary<DataDraw> = fc.record({
  seed: fc.integer({ min: 0, max: 1000 }),
  examples: fc.integer({ min: 1, max: 9 }),
  batchSize: fc.integer({ min: 1, max: 5 }),
  shuffle: fc.boolean(),
  weighted: fc.boolean(),
  validation: fc.constantFrom(0, 1, 4),
});
