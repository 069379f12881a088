import { schemaOf } from '@cantrip/errors';
import { type NamePattern, namePatternCheck } from '@cantrip/plugin-kit';
import * as v from 'valibot';
import { type Hyperparameter, schedulable } from './hyperparameter.ts';
import type { ParameterGroup } from './parameter-group.ts';

/** The options of every optimizer. `Own` are the hyperparameters of its rule, which a group may set too. */
export interface CommonOptions<Own extends string = never> {
  /** The learning rate if no plugin schedules one; at least 0. */
  readonly learningRate?: number;
  /** The weight decay; at least 0. 0 by default, but 0.01 for `adamw`. */
  readonly weightDecay?: Hyperparameter;
  /**
   * Groups of parameters with their own settings. Each setting comes from the first group that matches the
   * parameter's name and has this setting.
   */
  readonly groups?: readonly ParameterGroup<Own>[];
}

/** Schema of a finite number >= 0. */
export const atLeastZero: v.GenericSchema<number> = v.pipe(v.number(), v.finite(), v.minValue(0));

/** Schema of a finite number > 0. */
export const aboveZero: v.GenericSchema<number> = v.pipe(v.number(), v.finite(), v.gtValue(0));

/** Schema of a decay rate or momentum, in [0, 1). */
export const belowOne: v.GenericSchema<number> = v.pipe(v.number(), v.minValue(0), v.ltValue(1));

/** Schema of the pattern of a group. */
export const matchSchema: v.GenericSchema<NamePattern> = schemaOf(namePatternCheck);

/**
 * The schema entries of {@link CommonOptions}.
 *
 * @param own - the schema of each hyperparameter of the rule
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
  const group = v.strictObject({
    match: matchSchema,
    vectors: v.exactOptional(v.boolean()),
    ...Object.fromEntries(entries),
  });
  return {
    weightDecay: v.optional(schedulable(atLeastZero), undefined),
    groups: v.optional(v.array(group) as unknown as v.GenericSchema<ParameterGroup<Own>[]>, []),
  };
}
