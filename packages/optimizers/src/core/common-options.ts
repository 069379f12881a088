import * as v from 'valibot';
import { type Hyperparameter, schedulable } from './hyperparameter.ts';
import type { ParameterGroup } from './parameter-group.ts';

/** The options that every optimizer has; `Own` are the hyperparameters of its rule, which a group may set too. */
export interface CommonOptions<Own extends string = never> {
  /** The learning rate when no plugin schedules one; at least 0. */
  readonly learningRate?: number;
  /** At least 0; 0 by default, but for `adamw`. */
  readonly weightDecay?: Hyperparameter;
  /** Parameters with settings of their own; each comes from the first group that fits a parameter's name and has it. */
  readonly groups?: readonly ParameterGroup<Own>[];
}

/** A finite number of at least 0. */
export const atLeastZero: v.GenericSchema<number> = v.pipe(v.number(), v.finite(), v.minValue(0));

/** A finite number above 0. */
export const aboveZero: v.GenericSchema<number> = v.pipe(v.number(), v.finite(), v.gtValue(0));

/** A decay rate or momentum, in [0, 1). */
export const belowOne: v.GenericSchema<number> = v.pipe(v.number(), v.minValue(0), v.ltValue(1));

/** Which parameters a group is for. */
export const matchSchema: v.GenericSchema<RegExp | string> = v.union(
  [v.pipe(v.string(), v.nonEmpty()), v.instance(RegExp)],
  'must be a RegExp or a glob',
);

/**
 * The entries of {@link CommonOptions} in an optimizer's schema.
 *
 * @param own - the schema of each hyperparameter of its rule
 */
export function commonEntries<Own extends string>(
  own: Readonly<Record<Own, v.GenericSchema<Hyperparameter>>>,
): {
  readonly weightDecay: v.OptionalSchema<v.GenericSchema<Hyperparameter>, undefined>;
  readonly groups: v.OptionalSchema<v.GenericSchema<ParameterGroup<Own>[]>, readonly []>;
} {
  const settings: Readonly<Record<string, v.GenericSchema<Hyperparameter>>> = {
    weightDecay: schedulable(atLeastZero),
    learningRate: schedulable(atLeastZero),
    learningRateFactor: schedulable(atLeastZero),
    ...own,
  };
  const entries = Object.entries(settings).map(([name, schema]) => [name, v.exactOptional(schema)] as const);
  const group = v.strictObject({ match: matchSchema, ...Object.fromEntries(entries) });
  return {
    weightDecay: v.optional(schedulable(atLeastZero), undefined),
    groups: v.optional(v.array(group) as unknown as v.GenericSchema<ParameterGroup<Own>[]>, []),
  };
}
