import type { StepFunction } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';

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
export const smoothingSchema: v.GenericSchema<Smoothing> = oneNumberOrMany({
  fits: isShare,
  range: 'must be in [0, 1)',
  tensors: true,
});

/** As {@link smoothingSchema} for a plugin: what changes from step to step is a function. */
export const scheduledSmoothingSchema: v.GenericSchema<number | readonly number[] | StepFunction> =
  oneNumberOrMany({ fits: isShare, range: 'must be in [0, 1)', functions: true });

/** How much something costs: at least 0, or a function of the step. */
export const scheduledPenaltySchema: v.GenericSchema<number | StepFunction> = oneNumberOrMany({
  fits: isPenalty,
  range: 'must be at least 0 and finite',
  lists: false,
  functions: true,
});

/** What is smoothed towards: a probability, or one for each class. */
export const priorSchema: v.GenericSchema<number | readonly number[]> = oneNumberOrMany({
  fits: (value) => value >= 0 && value <= 1,
  range: 'must be in [0, 1]',
});

/** Weights, one for each class. */
export const classWeightsSchema: v.GenericSchema<readonly number[]> = v.pipe(
  v.array(v.pipe(v.number(), v.finite(), v.minValue(0))),
  v.minLength(1, 'must have a weight for each class'),
);

/** Weights of positive targets: one for all classes, or one for each. */
export const positiveWeightsSchema: v.GenericSchema<number | readonly number[]> = oneNumberOrMany({
  fits: isPenalty,
  range: 'must be at least 0 and finite',
});

/** A class index that does not count; labels are int32, so that no other number could be one. */
export const ignoreIndexSchema: v.GenericSchema<number> = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(-(2 ** 31)),
  v.maxValue(2 ** 31 - 1),
);

export const activationSchema: v.PicklistSchema<readonly ['softmax', 'sigmoid'], undefined> = v.picklist([
  'softmax',
  'sigmoid',
]);

interface Accepted {
  readonly fits: (value: number) => boolean;
  readonly range: string;
  readonly lists?: boolean;
  readonly tensors?: boolean;
  readonly functions?: boolean;
}

/** A union of schemas would report what kinds there are, and not which number is wrong. */
function oneNumberOrMany<Value>(accepted: Accepted): v.GenericSchema<Value> {
  const complaint = (value: unknown): string | undefined => {
    if (accepted.tensors && value instanceof tf.Tensor && !value.isDisposed && value.rank < 2)
      return undefined;
    if (accepted.functions && typeof value === 'function') return undefined;
    const isList = accepted.lists !== false && Array.isArray(value) && value.length > 0;
    const numbers: readonly unknown[] = isList ? value : [value];
    if (!numbers.every(isNumber)) return `must be ${kindsOf(accepted)}`;
    return numbers.every(accepted.fits) ? undefined : accepted.range;
  };
  return v.custom<Value>(
    (value) => complaint(value) === undefined,
    ({ input }) => complaint(input) ?? '',
  );
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
