import { CantripError, parseOptions, schemaOf } from '@cantrip/errors';
import * as v from 'valibot';
import { type BindableSchedule, bindableSchedule, boundSchedule } from '../core/bindable-schedule.ts';
import { exactSteps, type Length, type RunLength } from '@cantrip/plugin-kit';
import { lengthSchema, rateSchema } from '../core/option-schemas.ts';
import { type Place, placeFrom } from '../core/place.ts';
import { boundIn, exactEnd, firstValue, type Schedule } from '../core/schedule.ts';
import { rising, type CurveShape, curveShapeCheck, curveShapeExpectation } from '../core/curve-shape.ts';

/**
 * Where the warm-up is placed. The first three rise to the schedule's first value.
 *
 * - `before`: the whole schedule follows the warm-up. Together they take `warm-up + steps`. As Keras, and timm with
 *   `warmup_prefix=True`.
 * - `inside`: the schedule follows and is shortened, so that together they take `steps`. As optax's
 *   `warmup_cosine_decay_schedule` and transformers' `get_cosine_schedule_with_warmup`.
 * - `mid-curve`: the warm-up replaces the start of the schedule, so the rate may jump down after the warm-up. As
 *   timm without `warmup_prefix`.
 * - `onto-curve`: as `mid-curve`, but the warm-up rises to the schedule's value at its end, so the rate does not
 *   jump. As detectron2's `WarmupParamScheduler`.
 */
export type WarmupConvention = 'before' | 'inside' | 'mid-curve' | 'onto-curve';

export interface WarmupOptions {
  readonly steps: Length;
  /** The learning rate at step 0; 0 by default. */
  readonly initialValue?: number;
  /** `before` by default. */
  readonly convention?: WarmupConvention;
  /** The shape of the rise. With `constant`, the rate stays at `initialValue` and then jumps. `linear` by default. */
  readonly shape?: CurveShape | 'constant';
}

const warmupOptions = v.strictObject({
  steps: lengthSchema,
  initialValue: v.optional(rateSchema, 0),
  convention: v.optional(v.picklist(['before', 'inside', 'mid-curve', 'onto-curve']), 'before'),
  shape: v.optional(
    v.union([schemaOf(curveShapeCheck), v.literal('constant')], `${curveShapeExpectation()}, or 'constant'`),
    'linear',
  ),
});

/**
 * Adds a warm-up to a schedule: by default a straight line from 0 to the schedule's first value.
 *
 * @throws CantripError OPTION_INVALID; also with `inside`, if the schedule has no length or its length is fixed
 * @example
 * ```ts
 * const schedule = warmup(cosine({ value: 0.1, steps: 100 }), { steps: 10, convention: 'inside' });
 * schedule(5); // 0.05
 * schedule(10); // 0.1
 * schedule(55); // 0.05, halfway through the remaining 90 steps
 * ```
 * @see Goyal et al., Accurate, Large Minibatch SGD, https://arxiv.org/abs/1706.02677
 */
export function warmup(schedule: Schedule, options: WarmupOptions): BindableSchedule {
  parseOptions('warmup', v.object({ schedule: v.function() }), { schedule });
  const { steps, initialValue, convention, shape } = parseOptions('warmup', warmupOptions, options);
  const risen = shape === 'constant' ? () => 0 : rising(shape);
  const together = convention === 'mid-curve' || convention === 'onto-curve';
  return bindableSchedule((run, total, place) => {
    if (total !== undefined) throw nested();
    const exactRise = exactSteps('warmup', steps, run);
    const rise = place(exactRise);
    const exactStart = together ? 0 : exactRise;
    const left = placeFrom(place, exactStart);
    const after =
      convention === 'inside'
        ? boundIn(schedule, run, left, remaining(schedule, exactRise, run, place))
        : boundIn(schedule, run, left);
    const start = together ? 0 : rise;
    const peak = convention === 'onto-curve' ? after(rise) : firstValue(after);
    const at = (step: number): number =>
      step < rise ? initialValue + (peak - initialValue) * risen(step / rise) : after(step - start);
    const end = start + after.steps;
    return boundSchedule(Math.max(rise, end), at, Number.isFinite(end) ? after(after.steps) : Number.NaN, {
      exactSteps: Math.max(exactRise, exactStart + exactEnd(after)),
      initialValue: rise > 0 ? initialValue : peak,
    });
  });
}

/** The length, not rounded, of a schedule that starts after the warm-up and still ends at its old end. */
function remaining(schedule: Schedule, rise: number, run: RunLength | undefined, place: Place): number {
  const whole = boundIn(schedule, run, place);
  const steps = exactEnd(whole);
  if (!schedule.forRun || !Number.isFinite(steps)) {
    throw new CantripError('OPTION_INVALID', {
      who: 'warmup',
      what: "convention 'inside' shortens the schedule, but this schedule has no length",
      fix: "Set the schedule's steps, or use convention: 'before'",
    });
  }
  if (rise < steps) return steps - rise;
  throw new CantripError('OPTION_INVALID', {
    who: 'warmup',
    what: `the warm-up of ${place(rise)} steps must be shorter than the schedule of ${whole.steps} steps`,
    fix: "Make the warm-up shorter, or use convention: 'before'",
  });
}

function nested(): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'warmup',
    what: 'this schedule already has a warm-up, so another warmup cannot shorten it',
    fix: 'Remove one of the two warm-ups',
  });
}
