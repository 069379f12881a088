import { schemaOf } from '@cantrip/errors';
import type { StepFunction } from '@cantrip/plugin-kit';
import * as v from 'valibot';
import {
  type Activation,
  activationCheck,
  isPenalty,
  isShare,
  oneNumberOrMany,
  priorCheck,
  type Smoothing,
  smoothingCheck,
} from './option-checks.ts';

/** Schema of a {@link Smoothing}. */
export const smoothingSchema: v.GenericSchema<Smoothing> = schemaOf(smoothingCheck);

/** Schema of the option `prior`. */
export const priorSchema: v.GenericSchema<number | readonly number[]> = schemaOf(priorCheck);

/** Schema of an {@link Activation}. */
export const activationSchema: v.GenericSchema<Activation> = schemaOf(activationCheck);

/** Schema of the plugin's option `smoothing`: a function of the step instead of a tensor. */
export const scheduledSmoothingSchema: v.GenericSchema<number | readonly number[] | StepFunction> = schemaOf(
  oneNumberOrMany({ fits: isShare, range: 'in [0, 1)', functions: true }),
);

/** Schema of the plugin's option `confidencePenalty`: at least 0, or a function of the step. */
export const scheduledPenaltySchema: v.GenericSchema<number | StepFunction> = schemaOf(
  oneNumberOrMany({
    fits: isPenalty,
    range: '>= 0 and < Infinity',
    lists: false,
    functions: true,
  }),
);

/** Schema of class weights: one for each class. */
export const classWeightsSchema: v.GenericSchema<readonly number[]> = v.pipe(
  v.array(v.pipe(v.number(), v.finite(), v.minValue(0))),
  v.minLength(1, 'must be a list with a weight for each class'),
);

/** Schema of the weights of positive targets: one for all classes, or one for each. */
export const positiveWeightsSchema: v.GenericSchema<number | readonly number[]> = schemaOf(
  oneNumberOrMany({
    fits: isPenalty,
    range: '>= 0 and < Infinity',
  }),
);

/** Schema of the class index to ignore. Labels are int32, so it must be an int32 number. */
export const ignoreIndexSchema: v.GenericSchema<number> = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(-(2 ** 31)),
  v.maxValue(2 ** 31 - 1),
);
