import type { Tensor } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** Numbers, or lists of numbers of any depth, as in golden files. */
export type Nested = number | readonly Nested[];

export interface Tolerance {
  readonly relative?: number;
  readonly absolute?: number;
}

/** Expects the same number of values, and `|actual - expected| <= absolute + relative * |expected|` for each. */
export function expectClose(
  actual: Tensor | ArrayLike<number>,
  expected: Nested,
  tolerance: Tolerance,
): void {
  const { relative = 0, absolute = 0 } = tolerance;
  const values = Array.from('dataSync' in actual ? actual.dataSync() : actual);
  const wanted = flat(expected);
  expect(values).toHaveLength(wanted.length);
  const worst = wanted
    .map((want, i) => ({
      i,
      want,
      got: values[i]!,
      excess: Math.abs(values[i]! - want) - absolute - relative * Math.abs(want),
    }))
    .filter(({ excess }) => !(excess <= 0));
  expect(worst.slice(0, 3), 'numbers beyond the tolerance').toEqual([]);
}

/** All numbers of a nested list, row by row. */
export function flat(nested: Nested): readonly number[] {
  return typeof nested === 'number' ? [nested] : nested.flatMap(flat);
}
