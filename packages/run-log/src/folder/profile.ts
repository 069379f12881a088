import * as v from 'valibot';

/** The time of one kind of op in a profiled step. */
export interface ProfiledOp {
  /** The name of the kernel, e.g. `Conv2D`. */
  readonly op: string;
  /** How often a step runs it. */
  readonly count: number;
  /** The time of all its runs in a step, in milliseconds. */
  readonly milliseconds: number;
  /** Its part of the time of all ops, in [0, 1]. */
  readonly share: number;
}

/** profile.json: where the time of a training step goes, as `profileSteps` of `@cantrip/inspect` writes it. */
export interface StepProfile {
  readonly format: 'cantrip-profile';
  readonly version: 1;
  /** The device that was measured, e.g. `tensorflow`. */
  readonly device?: string | undefined;
  /** The number of steps that were measured. */
  readonly steps: number;
  /** The milliseconds of a step that runs op by op. */
  readonly step: number;
  /** The milliseconds of a captured step; absent if nothing was captured. */
  readonly capturedStep?: number | undefined;
  readonly rows: readonly ProfiledOp[];
}

const positive = v.pipe(v.number(), v.minValue(0));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** Of profile.json. Fields that it does not know are left out. */
export const profileSchema: v.GenericSchema<unknown, StepProfile> = v.object({
  format: v.literal('cantrip-profile'),
  version: v.literal(1),
  device: v.optional(v.string()),
  steps: count,
  step: positive,
  capturedStep: v.optional(positive),
  rows: v.array(
    v.object({
      op: v.string(),
      count: positive,
      milliseconds: positive,
      share: v.pipe(positive, v.maxValue(1.000001)),
    }),
  ),
}) as v.GenericSchema<unknown, StepProfile>;
