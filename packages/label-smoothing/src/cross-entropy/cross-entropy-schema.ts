import { CantripError, floatScalarCheck, parseOptions, tensorSchema } from '@cantrip/errors';
import type * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import type { Activation, Smoothing } from '../smoothing/option-checks.ts';
import {
  activationSchema,
  classWeightsSchema,
  ignoreIndexSchema,
  positiveWeightsSchema,
  priorSchema,
  smoothingSchema,
} from '../smoothing/option-schemas.ts';
import type { Reduction } from './reduce.ts';

/** The options of {@link crossEntropy}, with defaults. */
export interface CheckedOptions {
  readonly activation: Activation;
  readonly smoothing: Smoothing;
  readonly prior?: number | readonly number[] | undefined;
  readonly classWeights?: readonly number[] | undefined;
  readonly positiveWeights: number | readonly number[];
  readonly threshold?: number | undefined;
  readonly ignoreIndex?: number | undefined;
  readonly mask?: tf.Tensor | undefined;
  readonly confidencePenalty: number | tf.Tensor;
  readonly entropyThreshold?: number | undefined;
  readonly axis: number;
  readonly from: 'logits' | 'probabilities';
  readonly shiftLabels: boolean;
  readonly reduction: Reduction;
  readonly sumClasses: boolean;
  readonly divisor?: number | tf.Tensor | undefined;
}

const scalarOr = (schema: v.GenericSchema<number>, numbers: string): v.GenericSchema<number | tf.Tensor> =>
  v.custom<number | tf.Tensor>(
    (value) => floatScalarCheck(value) === undefined || v.is(schema, value),
    `must be ${numbers}, or a float32 scalar tensor`,
  );

/** The options that are the same for all batches. */
const constant = {
  activation: v.optional(activationSchema, 'softmax'),
  smoothing: v.optional(smoothingSchema, 0),
  prior: v.optional(priorSchema),
  classWeights: v.optional(classWeightsSchema),
  positiveWeights: v.optional(positiveWeightsSchema, 1),
  threshold: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  ignoreIndex: v.optional(ignoreIndexSchema),
  confidencePenalty: v.optional(
    scalarOr(v.pipe(v.number(), v.finite(), v.minValue(0)), 'a number of at least 0'),
    0,
  ),
  entropyThreshold: v.optional(v.pipe(v.number(), v.finite(), v.minValue(0))),
  axis: v.optional(v.pipe(v.number(), v.safeInteger()), -1),
  from: v.optional(v.picklist(['logits', 'probabilities']), 'logits'),
  shiftLabels: v.optional(v.boolean(), false),
  sumClasses: v.optional(v.boolean(), false),
};

const functionSchema = v.strictObject({
  ...constant,
  reduction: v.optional(v.picklist(['mean', 'sum', 'none']), 'mean'),
  mask: v.optional(tensorSchema as v.GenericSchema<tf.Tensor>),
  divisor: v.optional(scalarOr(v.pipe(v.number(), v.finite(), v.gtValue(0)), 'a number above 0')),
});

const lossSchema = v.strictObject({
  ...constant,
  reduction: v.optional(v.picklist(['mean', 'sum']), 'mean'),
});

/** @throws CantripError OPTION_INVALID */
export function checkFunctionOptions(options: unknown): CheckedOptions {
  return applicable('crossEntropy', parseOptions('crossEntropy', functionSchema, options));
}

/** @throws CantripError OPTION_INVALID */
export function checkLossOptions(options: unknown): CheckedOptions {
  return applicable('smoothedCrossEntropy', parseOptions('smoothedCrossEntropy', lossSchema, options));
}

function applicable(who: string, options: CheckedOptions): CheckedOptions {
  const { activation, positiveWeights, threshold, sumClasses, shiftLabels, axis } = options;
  if (shiftLabels && axis !== -1) throw axisBesideShift(who, axis);
  if (activation === 'sigmoid') return options;
  const given = { positiveWeights: positiveWeights !== 1, threshold: threshold !== undefined, sumClasses };
  const wrong = Object.entries(given).find(([, isGiven]) => isGiven)?.[0];
  if (wrong === undefined) return options;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${wrong} needs activation: 'sigmoid', but activation is 'softmax'`,
    fix: `Remove ${wrong}, or set activation: 'sigmoid'`,
  });
}

const axisBesideShift = (who: string, axis: number): CantripError =>
  new CantripError('OPTION_INVALID', {
    who,
    what: `axis must be -1 beside shiftLabels, got ${axis}`,
    fix: 'Remove axis, and pass logits of shape […, T, K]',
  });
