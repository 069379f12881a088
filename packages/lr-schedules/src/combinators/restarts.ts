import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type BindableSchedule, bindableSchedule, boundSchedule } from '../core/bindable-schedule.ts';
import { exactSteps, type Length, type RunLength } from '@cantrip/plugin-kit';
import { optionInvalid } from '../core/option-invalid.ts';
import { lengthSchema, positiveSchema, scheduleSchema } from '../core/option-schemas.ts';
import { periodsBy } from '../core/period.ts';
import { unrounded } from '../core/place.ts';
import { boundIn, type Schedule } from '../core/schedule.ts';

export interface RestartsOptions {
  /** The number of cycles. Afterwards the value stays at the end value. Endless by default. */
  readonly cycles?: number | undefined;
  /** Multiplies the length of each next cycle; at least 1, 1 by default. */
  readonly multiplier?: number;
  /** Multiplies the first value of each next cycle; above 0, 1 by default. */
  readonly decay?: number;
  /**
   * What `decay` multiplies: the first `value` of a cycle, as timm, or its `height` above the end value, as Keras.
   * With end value 0 both are the same. `value` by default.
   */
  readonly decayOf?: 'value' | 'height';
  /** The length of all cycles together, which replaces the schedule's own length; needs `cycles`. */
  readonly steps?: Length | undefined;
}

const restartsOptions = v.strictObject({
  cycles: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  multiplier: v.optional(v.pipe(v.number(), v.finite(), v.minValue(1)), 1),
  decay: v.optional(positiveSchema, 1),
  decayOf: v.optional(v.picklist(['value', 'height']), 'value'),
  steps: v.optional(lengthSchema),
});

/**
 * Restarts a schedule each time it ends. Each cycle is `multiplier` times as long and starts `decay` times as high.
 *
 * Cycle i has the length `steps * multiplier^i` and starts at `value * decay^i`. The end value is the same in all
 * cycles. Only the end of the last cycle is rounded to a whole step.
 *
 * @param schedule - a schedule with a length, e.g. `cosine`, `polynomial`, `tanh` or a `join`
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const schedule = restarts(cosine({ value: 0.1, steps: 10 }), { multiplier: 2, decay: 0.5 });
 * schedule(5); // 0.05
 * schedule(10); // 0.05, the first of the 20 steps of the second cycle
 * schedule(20); // 0.025
 * ```
 * @see Loshchilov & Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, https://arxiv.org/abs/1608.03983
 */
export function restarts(schedule: Schedule, options: RestartsOptions = {}): BindableSchedule {
  parseOptions('restarts', v.object({ schedule: scheduleSchema }), { schedule });
  const given = parseOptions('restarts', restartsOptions, options);
  if (given.steps !== undefined && given.cycles === undefined) {
    throw optionInvalid(
      'restarts',
      'cycles is missing, but steps needs it',
      'Set cycles to the number of cycles in these steps',
    );
  }
  const { cycles = Infinity, multiplier, decay, decayOf } = given;
  // The sum of the lengths of all cycles, in units of the first cycle's length.
  const lengths = multiplier === 1 ? cycles : (multiplier ** cycles - 1) / (multiplier - 1);
  const ownLength = (run: RunLength | undefined): number | undefined =>
    given.steps === undefined ? undefined : exactSteps('restarts', given.steps, run);
  return bindableSchedule((run, exact = ownLength(run), place) => {
    if (exact !== undefined && cycles === Infinity) throw endless();
    const total = exact === undefined ? undefined : place(exact);
    const first = boundIn(schedule, run, unrounded, total === undefined ? undefined : total / lengths);
    if (!Number.isFinite(first.steps) || first.steps === 0) throw lengthless(first.steps);
    const find = multiplier === 1 ? equalCycles(first.steps) : growingCycles(first.steps, multiplier);
    const end = first(first.steps);
    const height = first(0) - end;
    const at = (step: number): number => {
      const { cycle, from } = find(step);
      const value = first(from);
      if (decay === 1 || height === 0) return value;
      const scale = decayOf === 'height' ? decay ** cycle : (first(0) * decay ** cycle - end) / height;
      return end + (value - end) * scale;
    };
    const whole = exact ?? first.steps * lengths;
    return boundSchedule(place(whole), at, end, { exactSteps: whole, initialValue: first(0) });
  });
}

/** The cycle that a step is in, and the matching step of the first cycle. */
type FindCycle = (step: number) => { readonly cycle: number; readonly from: number };

function equalCycles(length: number): FindCycle {
  return (step) => {
    const cycle = periodsBy(step, length, unrounded);
    return { cycle, from: Math.max(0, step - cycle * length) };
  };
}

/** It adds lengths. The logarithm that timm and Keras use gives the wrong cycle at some boundaries. */
function growingCycles(first: number, multiplier: number): FindCycle {
  return (step) => {
    let cycle = 0;
    let begin = 0;
    let length = first;
    while (step >= begin + length) {
      begin += length;
      length *= multiplier;
      cycle += 1;
    }
    return { cycle, from: ((step - begin) / length) * first };
  };
}

function lengthless(steps: number): Error {
  const why = steps === 0 ? 'has 0 steps, so it cannot repeat' : 'has no end, so it cannot restart';
  return optionInvalid('restarts', `the schedule ${why}`, "Set the schedule's steps");
}

function endless(): Error {
  const fix = "Set cycles, or use convention: 'before'";
  return optionInvalid('restarts', 'has no end, so its length cannot be shortened', fix);
}
