import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type BindableSchedule, bindableSchedule } from './bindable-schedule.ts';
import { type Length, lengthSchema, stepsOf } from './length.ts';
import { optionInvalid } from './option-invalid.ts';
import { positiveSchema, scheduleSchema } from './option-schemas.ts';
import { type BoundSchedule, boundIn, boundSchedule, type Schedule } from './schedule.ts';

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
 * Cycle i has the length `steps * multiplier^i` and begins at `value * decay^i`; its end value is always the same.
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
  return bindableSchedule((run, total = given.steps && stepsOf('restarts', given.steps, run)) => {
    if (total !== undefined && cycles === Infinity) throw endless();
    const first = total === undefined ? boundIn(schedule, run) : fitted(schedule, run, total / lengths);
    if (!Number.isFinite(first.steps) || first.steps === 0) throw lengthless(first.steps);
    const find = multiplier === 1 ? equalCycles(first.steps) : growingCycles(first.steps, multiplier);
    const end = first(first.steps);
    const height = first(0) - end;
    const at = (step: number): number => {
      const { cycle, place } = find(step);
      const value = first(place);
      if (decay === 1 || height === 0) return value;
      const scale = decayOf === 'height' ? decay ** cycle : (first(0) * decay ** cycle - end) / height;
      return end + (value - end) * scale;
    };
    return boundSchedule(total ?? first.steps * lengths, at, end);
  });
}

/** Which cycle a step is in, and where in the first cycle that would be. */
type FindCycle = (step: number) => { readonly cycle: number; readonly place: number };

function equalCycles(length: number): FindCycle {
  return (step) => {
    const cycle = Math.floor(step / length);
    return { cycle, place: step - cycle * length };
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
    return { cycle, place: ((step - begin) / length) * first };
  };
}

function fitted(schedule: Schedule, run: Parameters<typeof boundIn>[1], steps: number): BoundSchedule {
  if (schedule.forRun) return schedule.forRun(run, steps);
  throw lengthless(Infinity);
}

function lengthless(steps: number): Error {
  const why = steps === 0 ? 'has no step to repeat' : 'never ends, so it never begins again';
  return optionInvalid('restarts', `the schedule ${why}`, 'Give the schedule steps');
}

function endless(): Error {
  const fix = "Give it cycles, or take the convention 'before'";
  return optionInvalid('restarts', 'has no end, and so no length to shorten', fix);
}
