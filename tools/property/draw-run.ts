import fc from 'fast-check';
import type { RunDraw } from './case.ts';

/** Ways of training, of few steps. */
export const drawRun: fc.Arbitrary<RunDraw> = fc.record({
  epochs: fc.integer({ min: 1, max: 2 }),
  learningRate: fc.constantFrom(0.1, 0.02, 0),
  momentum: fc.constantFrom(0, 0.9),
  accumulate: fc.integer({ min: 1, max: 3 }),
  schedule: fc.boolean(),
  labelSmoothing: fc.constantFrom(0, 0.1, 0.4),
  freezeBatchNorm: fc.boolean(),
  stop: fc.option(
    fc.record({ step: fc.integer({ min: 1, max: 6 }), batchSize: fc.integer({ min: 1, max: 5 }) }),
  ),
});
