import { schemaOf } from '@cantrip/errors';
import type { StepFunction } from '@cantrip/trainer';
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

/** A {@link Smoothing}. */
export const smoothingSchema: v.GenericSchema<Smoothing> = schemaOf(smoothingCheck);

/** What is smoothed towards. */
export const priorSchema: v.GenericSchema<number | readonly number[]> = schemaOf(priorCheck);

/** An {@link Activation}. */
export const activationSchema: v.GenericSchema<Activation> = schemaOf(activationCheck);

/** As {@link smoothingCheck} for a plugin: what changes from step to step is a function. */
export const scheduledSmoothingSchema: v.GenericSchema<number | readonly number[] | StepFunction> = schemaOf(
  oneNumberOrMany({ fits: isShare, range: 'must be in [0, 1)', functions: true }),
);

/** How much something costs: at least 0, or a function of the step. */
export const scheduledPenaltySchema: v.GenericSchema<number | StepFunction> = schemaOf(
  oneNumberOrMany({
    fits: isPenalty,
    range: 'must be at least 0 and finite',
    lists: false,
    functions: true,
  }),
);

/** Weights, one for each class. */
export const classWeightsSchema: v.GenericSchema<readonly number[]> = v.pipe(
  v.array(v.pipe(v.number(), v.finite(), v.minValue(0))),
  v.minLength(1, 'must have a weight for each class'),
);

/** Weights of positive targets: one for all classes, or one for each. */
export const positiveWeightsSchema: v.GenericSchema<number | readonly number[]> = schemaOf(
  oneNumberOrMany({
    fits: isPenalty,
    range: 'must be at least 0 and finite',
  }),
);

/** A class index that does not count; labels are int32, so that no other number could be one. */
export const ignoreIndexSchema: v.GenericSchema<number> = v.pipe(
  v.number(),
  v.safeInteger(),
  v.minValue(-(2 ** 31)),
  v.maxValue(2 ** 31 - 1),
);
