import * as v from 'valibot';
import type { ParameterGroup } from './parameter-group.ts';

/** The options that every optimizer has. */
export interface CommonOptions {
  /** The learning rate when no plugin schedules one; at least 0. */
  readonly learningRate?: number;
  /** At least 0; 0 by default, but for `adamw`. */
  readonly weightDecay?: number;
  /** Parameters with settings of their own; the first group that fits a parameter's name counts. */
  readonly groups?: readonly ParameterGroup[];
}

/** A finite number of at least 0. */
export const atLeastZero: v.GenericSchema<number> = v.pipe(v.number(), v.finite(), v.minValue(0));

/** A finite number above 0. */
export const aboveZero: v.GenericSchema<number> = v.pipe(v.number(), v.finite(), v.gtValue(0));

/** A decay rate or momentum, in [0, 1). */
export const belowOne: v.GenericSchema<number> = v.pipe(v.number(), v.minValue(0), v.ltValue(1));

const group = v.strictObject({
  match: v.union([v.pipe(v.string(), v.nonEmpty()), v.instance(RegExp)], 'must be a RegExp or a glob'),
  weightDecay: v.exactOptional(atLeastZero),
  learningRateFactor: v.exactOptional(atLeastZero),
});

/** The entries of {@link CommonOptions} in an optimizer's schema. */
export const commonEntries: {
  readonly weightDecay: v.OptionalSchema<v.GenericSchema<number>, undefined>;
  readonly groups: v.OptionalSchema<v.GenericSchema<ParameterGroup[]>, readonly []>;
} = {
  weightDecay: v.optional(atLeastZero, undefined),
  groups: v.optional(v.array(group), []),
};
