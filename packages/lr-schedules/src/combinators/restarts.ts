import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type BindableSchedule, bindableSchedule } from '../core/bindable-schedule.ts';
import { exactSteps, type Length } from '../core/length.ts';
import { optionInvalid } from '../core/option-invalid.ts';
import { lengthSchema, positiveSchema, scheduleSchema } from '../core/option-schemas.ts';
import { periodsBy } from '../core/period.ts';
import { unrounded } from '../core/place.ts';
import { boundIn, boundSchedule, type RunLength, type Schedule } from '../core/schedule.ts';

export interface RestartsOptions {
  /** How many cycles, after which the schedule's end value stays; without end by default. */
  readonly cycles?: number | undefined;
  /** What a cycle's length is multiplied by for the next one; at least 1, 1 by default. */
  readonly multiplier?: number;
  /** What the first value of a cycle is multiplied by for the next one; above 0, 1 by default. */
  readonly decay?: number;
  /**
   * What `decay` multiplies: the first `value` of a cycle, as in timm, or its `height` above the end value, as in
   * Keras. The same where the end value is 0. `value` by default.
   */
  readonly decayOf?: 'value' | 'height';
  /** Of all cycles together, which the schedule's own length then follows; needs `cycles`. */
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
 * A schedule that begins again when it ends, each time longer by `multiplier` and lower by `decay`.
 *
 * Cycle i has the length `steps * multiplier^i` and begins at `value * decay^i`; its end value is always the same. A
 * cycle need not end with a whole step; the last one does, where all together become the nearest whole number.
 *
 * @param schedule - with a length: `cosine`, `polynomial`, `tanh`, a `join` …
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
      'cycles is missing beside steps',
      'Say how many cycles share these steps',
    );
  }
  const { cycles = Infinity, multiplier, decay, decayOf } = given;
  // The lengths of all cycles in lengths of the first one.
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

/** Which cycle a step is in, and where in the first cycle that would be. */
type FindCycle = (step: number) => { readonly cycle: number; readonly from: number };

function equalCycles(length: number): FindCycle {
  return (step) => {
    const cycle = periodsBy(step, length, unrounded);
    return { cycle, from: Math.max(0, step - cycle * length) };
  };
}

/** By addition: the logarithm that timm and Keras take falls into the cycle before at some of the boundaries. */
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
  const why = steps === 0 ? 'has no step to repeat' : 'never ends, so it never begins again';
  return optionInvalid('restarts', `the schedule ${why}`, 'Give the schedule steps');
}

function endless(): Error {
  const fix = "Give it cycles, or take the convention 'before'";
  return optionInvalid('restarts', 'has no end, and so no length to shorten', fix);
}
