import { atLeast, CantripError, checkArgument, numberIn, optional, readOptions } from '@cantrip/errors';
import type { Tensor } from '@tensorflow/tfjs-core';
import { nestedCheck, valuesCheck } from '../checks/argument-checks.ts';
import { codes } from '../error-codes.ts';

/** Numbers, or lists of numbers of any depth, as in golden files. */
export type Nested = number | readonly Nested[];

/** How far a number may be from the expected one. */
export interface Tolerance {
  /** Times the size of the expected number; 0 by default. */
  readonly relative?: number;
  /** 0 by default. */
  readonly absolute?: number;
}

const toleranceChecks = {
  relative: optional(numberIn(atLeast(0)), 0),
  absolute: optional(numberIn(atLeast(0)), 0),
};

/**
 * Expects the same number of values, and `|actual - expected| <= absolute + relative * |expected|` for each.
 *
 * @param expected - in any nesting, as in golden files
 * @throws CantripError TESTING_DIFFERENT, which names the first three numbers beyond the tolerance; OPTION_INVALID
 * @example
 * ```ts
 * expectClose(tf.tensor2d([[1, 2.0000001]]), [[1, 2]], { relative: 1e-6 });
 * ```
 */
export function expectClose(
  actual: Tensor | ArrayLike<number>,
  expected: Nested,
  tolerance: Tolerance,
): void {
  checkArgument('expectClose', 'actual', valuesCheck, actual);
  checkArgument('expectClose', 'expected', nestedCheck, expected);
  const { relative, absolute } = readOptions('expectClose', toleranceChecks, tolerance);
  const values = Array.from('dataSync' in actual ? actual.dataSync() : actual);
  const wanted = numbersIn(expected);
  if (values.length !== wanted.length)
    throw different(`the length is ${values.length}, and must be ${wanted.length}`);
  const beyond = wanted.flatMap((want, at) => {
    const got = values[at]!;
    const excess = Math.abs(got - want) - absolute - relative * Math.abs(want);
    return excess <= 0 ? [] : [`number ${at} is ${got}, and must be ${want}`];
  });
  if (beyond.length > 0)
    throw different(
      `${beyond.length} of ${wanted.length} numbers are beyond the tolerance: ${beyond.slice(0, 3).join('; ')}`,
    );
}

/**
 * All numbers of a nested list, row by row.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * flat([[1, 2], [3]]); // [1, 2, 3]
 * ```
 */
export function flat(nested: Nested): readonly number[] {
  checkArgument('flat', 'nested', nestedCheck, nested);
  return numbersIn(nested);
}

const numbersIn = (nested: Nested): readonly number[] =>
  typeof nested === 'number' ? [nested] : nested.flatMap(numbersIn);

function different(what: string): CantripError {
  return new CantripError(codes.TESTING_DIFFERENT, {
    who: 'expectClose',
    what,
    fix: 'Find which of the two is wrong, or say why the tolerance must be larger',
  });
}
