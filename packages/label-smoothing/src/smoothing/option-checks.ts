import { type Check, oneOf } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';

/**
 * How much of a label is spread: a share in [0, 1), one for each true class, or either of them as a tensor (of no axis
 * or of one), for a share that changes from step to step.
 */
export type Smoothing = number | readonly number[] | tf.Tensor;

/** Softmax tells one class of K; a sigmoid answers yes or no for each class. */
export type Activation = 'softmax' | 'sigmoid';

/** Whether it is in [0, 1). */
export function isShare(value: number): boolean {
  return value >= 0 && value < 1;
}

/** Whether it is at least 0 and finite. */
export function isPenalty(value: number): boolean {
  return value >= 0 && value < Infinity;
}

/** Checks a {@link Smoothing}; what a tensor holds cannot be looked at. */
export const smoothingCheck: Check<Smoothing> = oneNumberOrMany({
  fits: isShare,
  range: 'must be in [0, 1)',
  tensors: true,
});

/** What is smoothed towards: a probability, or one for each class. */
export const priorCheck: Check<number | readonly number[]> = oneNumberOrMany({
  fits: (value) => value >= 0 && value <= 1,
  range: 'must be in [0, 1]',
});

/** Checks an {@link Activation}. */
export const activationCheck: Check<Activation> = oneOf('softmax', 'sigmoid');

/** What {@link oneNumberOrMany} accepts. */
export interface Accepted {
  readonly fits: (value: number) => boolean;
  readonly range: string;
  readonly lists?: boolean;
  readonly tensors?: boolean;
  readonly functions?: boolean;
}

/** Checks numbers as one thing, where a union would report what kinds there are, and not which number is wrong. */
export function oneNumberOrMany<Value>(accepted: Accepted): Check<Value> {
  return (value) => {
    if (accepted.tensors && value instanceof tf.Tensor && !value.isDisposed && value.rank < 2)
      return undefined;
    if (accepted.functions && typeof value === 'function') return undefined;
    const isList = accepted.lists !== false && Array.isArray(value) && value.length > 0;
    const numbers: readonly unknown[] = isList ? value : [value];
    if (!numbers.every(isNumber)) return `must be ${kindsOf(accepted)}`;
    return numbers.every(accepted.fits) ? undefined : accepted.range;
  };
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && !Number.isNaN(value);

function kindsOf({ lists = true, tensors = false, functions = false }: Accepted): string {
  const kinds = [
    'a number',
    ...(lists ? ['a list of numbers'] : []),
    ...(tensors ? ['a tensor of at most one axis'] : []),
    ...(functions ? ['a function of the step'] : []),
  ];
  return [...kinds.slice(0, -2), kinds.slice(-2).join(' or ')].join(', ');
}
