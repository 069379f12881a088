import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** The largest difference, relative to each expected value, or to the largest of them all. */
export function relativeError(actual: Tensor, expected: unknown, to: 'each' | 'largest' = 'each'): number {
  const wanted = [expected].flat(Infinity) as number[];
  const got = actual.dataSync();
  expect(got.length).toBe(wanted.length);
  const largest = Math.max(...wanted.map(Math.abs));
  const errors = wanted.map((value, i) => {
    const difference = Math.abs((got[i] as number) - value);
    return difference === 0 ? 0 : difference / (to === 'each' ? Math.abs(value) : largest);
  });
  // Math.max() of a NaN is NaN, which no comparison accepts.
  return Math.max(...errors);
}
