import { CantripError, parseOptions, schemaOf } from '@cantrip/errors';
import * as v from 'valibot';
import { type BindableSchedule, bindableSchedule } from '../core/bindable-schedule.ts';
import { exactSteps, type Length } from '../core/length.ts';
import { lengthSchema, rateSchema } from '../core/option-schemas.ts';
import { type Place, placeFrom } from '../core/place.ts';
import {
  boundIn,
  boundSchedule,
  exactEnd,
  firstValue,
  type RunLength,
  type Schedule,
} from '../core/schedule.ts';
import { rising, type CurveShape, curveShapeCheck, curveShapeExpectation } from '../core/curve-shape.ts';

/**
 * Where the warm-up lies. The first three rise to the schedule's first value.
 *
 * - `before`: then the schedule, whole, from its step 0: both together take `warm-up + steps`. As timm with
 *   `warmup_prefix=True` and Keras.
 * - `inside`: then the schedule, shortened so that both together take `steps`. As optax's
 *   `warmup_cosine_decay_schedule` and transformers' `get_cosine_schedule_with_warmup`.
 * - `mid-curve`: then the schedule where it would be by now, as if there had been no warm-up, so the rate may jump
 *   down. As timm without `warmup_prefix`.
 * - `onto-curve`: the same, but it rises to where the schedule will be by then, so nothing jumps. As detectron2's
 *   `WarmupParamScheduler`.
 */
export type WarmupConvention = 'before' | 'inside' | 'mid-curve' | 'onto-curve';

export interface WarmupOptions {
  readonly steps: Length;
  /** The learning rate at step 0; 0 by default. */
  readonly initialValue?: number;
  /** `before` by default. */
  readonly convention?: WarmupConvention;
  /** How it rises, or `constant`: it stays at `initialValue` and jumps. `linear` by default. */
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
 * A schedule that begins with a warm-up, a straight line to its first value if nothing else is said.
 *
 * @throws CantripError OPTION_INVALID, also where a schedule without a length, or of pieces, is to be shortened
 * @example
 * ```ts
 * const schedule = warmup(cosine({ value: 0.1, steps: 100 }), { steps: 10, convention: 'inside' });
 * schedule(5); // 0.05
 * schedule(10); // 0.1
 * schedule(55); // 0.05, half-way through the 90 steps that are left
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

/** How long a schedule is, not rounded, that begins after the warm-up and ends where it would have ended. */
function remaining(schedule: Schedule, rise: number, run: RunLength | undefined, place: Place): number {
  const whole = boundIn(schedule, run, place);
  const steps = exactEnd(whole);
  if (!schedule.forRun || !Number.isFinite(steps)) {
    throw new CantripError('OPTION_INVALID', {
      who: 'warmup',
      what: "convention 'inside' shortens the schedule, but this one has no length",
      fix: "Give the schedule steps, or take the convention 'before'",
    });
  }
  if (rise < steps) return steps - rise;
  throw new CantripError('OPTION_INVALID', {
    who: 'warmup',
    what: `a warm-up of ${place(rise)} steps leaves nothing of a schedule of ${whole.steps}`,
    fix: "Make the warm-up shorter, or take the convention 'before'",
  });
}

function nested(): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'warmup',
    what: 'cannot be shortened by another warm-up inside it',
    fix: 'Warm up once',
  });
}
