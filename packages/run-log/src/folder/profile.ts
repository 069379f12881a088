import * as v from 'valibot';

/** The time of one kind of op in a profiled step. */
export interface ProfiledOp {
  /** The name of the kernel, e.g. `Conv2D`. */
  readonly name: string;
  /** How often a step runs it. */
  readonly count: number;
  /** The time of all its runs in a step, in milliseconds. */
  readonly milliseconds: number;
  /** Its part of the time of all ops, in [0, 1]. */
  readonly share: number;
}

/** profile.json: where the time of a training step goes. */
export interface StepProfile {
  readonly format: 'cantrip-profile';
  readonly version: 1;
  /** The device that was measured, e.g. `tensorflow`. */
  readonly device?: string | undefined;
  /** The steps that the times are the mean of. */
  readonly steps: number;
  /** The mean time of a whole step, in milliseconds. It may be more than that of its ops. */
  readonly stepMilliseconds: number;
  readonly ops: readonly ProfiledOp[];
}

const time = v.pipe(v.number(), v.minValue(0));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** Of profile.json. Fields that it does not know are left out. */
export const profileSchema: v.GenericSchema<unknown, StepProfile> = v.object({
  format: v.literal('cantrip-profile'),
  version: v.literal(1),
  device: v.optional(v.string()),
  steps: count,
  stepMilliseconds: time,
  ops: v.array(
    v.object({
      name: v.string(),
      count: v.pipe(v.number(), v.minValue(0)),
      milliseconds: time,
      share: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
    }),
  ),
}) as v.GenericSchema<unknown, StepProfile>;
