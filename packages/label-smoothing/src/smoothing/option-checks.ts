import { type Check, floatTensorCheck, oneOf } from '@cantrip/errors';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * The share of a label that is spread over all classes, in [0, 1): a number, or a list with one number for each true
 * class. For a share that changes at each step, a scalar or 1D tensor.
 */
export type Smoothing = number | readonly number[] | tf.Tensor;

/** `softmax`: each example has exactly one class. `sigmoid`: each class is a separate yes-or-no question. */
export type Activation = 'softmax' | 'sigmoid';

/** Whether a number is in [0, 1). */
export function isShare(value: number): boolean {
  return value >= 0 && value < 1;
}

/** Whether a number is at least 0 and finite. */
export function isPenalty(value: number): boolean {
  return value >= 0 && value < Infinity;
}

/** Checks a {@link Smoothing}. The values of a tensor are not checked, because reading them waits for the device. */
export const smoothingCheck: Check<Smoothing> = oneNumberOrMany({
  fits: isShare,
  range: 'in [0, 1)',
  tensors: true,
});

/** Checks the option `prior`: a probability, or one for each class. */
export const priorCheck: Check<number | readonly number[]> = oneNumberOrMany({
  fits: (value) => value >= 0 && value <= 1,
  range: 'in [0, 1]',
});

/** Checks an {@link Activation}. */
export const activationCheck: Check<Activation> = oneOf('softmax', 'sigmoid');

/** The values that {@link oneNumberOrMany} accepts. */
export interface Accepted {
  readonly fits: (value: number) => boolean;
  /** The allowed numbers, e.g. `in [0, 1)`. */
  readonly range: string;
  readonly lists?: boolean;
  readonly tensors?: boolean;
  readonly functions?: boolean;
}

/**
 * Checks a number or a list of numbers. A union of schemas would name the accepted kinds only, and not the allowed
 * range.
 */
export function oneNumberOrMany<Value>(accepted: Accepted): Check<Value> {
  return (value) => {
    if (accepted.tensors && floatTensorCheck(value) === undefined && (value as tf.Tensor).rank < 2)
      return undefined;
    if (accepted.functions && typeof value === 'function') return undefined;
    const isList = accepted.lists !== false && Array.isArray(value) && value.length > 0;
    const numbers: readonly unknown[] = isList ? value : [value];
    if (!numbers.every(isNumber)) return `must be ${kindsOf(accepted)}`;
    if (numbers.every(accepted.fits)) return undefined;
    return `must be ${isList ? 'a list of numbers' : 'a number'} ${accepted.range}`;
  };
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value);

function kindsOf({ range, lists = true, tensors = false, functions = false }: Accepted): string {
  const kinds = [
    `a number ${range}`,
    ...(lists ? ['a list of such numbers'] : []),
    ...(tensors ? ['a float32 scalar tensor', 'a float32 1D tensor'] : []),
    ...(functions ? ['a function of the step'] : []),
  ];
  return [...kinds.slice(0, -2), kinds.slice(-2).join(' or ')].join(', ');
}
