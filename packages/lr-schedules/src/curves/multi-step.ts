import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type BindableSchedule, endingAt } from '../core/bindable-schedule.ts';
import { exactSteps, type Length } from '@cantrip/plugin-kit';
import { lengthSchema, positiveSchema, rateSchema } from '../core/option-schemas.ts';

export interface MultiStepOptions {
  /** The learning rate at step 0. */
  readonly value: number;
  /** Multiplies the learning rate at each milestone; above 0. */
  readonly factor: number;
  /** The milestones, counted from the start of the schedule; at least one. */
  readonly at: readonly Length[];
  /** The length, needed in a `join`. No end by default. */
  readonly steps?: Length | undefined;
}

const multiStepOptions = v.strictObject({
  value: rateSchema,
  factor: positiveSchema,
  at: v.pipe(v.array(lengthSchema), v.minLength(1, 'must be a list of at least one milestone')),
  steps: v.optional(lengthSchema),
});

/**
 * Step decay at milestones: `value * factor ^ n`, where n is the number of milestones <= step.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * multiStep({ value: 0.1, factor: 0.1, at: [30, 60] })(60); // 0.001
 * ```
 */
export function multiStep(options: MultiStepOptions): BindableSchedule {
  const { value, factor, at, steps } = parseOptions('multiStep', multiStepOptions, options);
  return endingAt('multiStep', steps, (run, place) => {
    const milestones = at.map((length) => place(exactSteps('multiStep', length, run)));
    return (now) => value * factor ** milestones.filter((milestone) => milestone <= now).length;
  });
}
