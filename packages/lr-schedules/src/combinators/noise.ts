import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type BindableSchedule, bindableSchedule, boundSchedule } from '../core/bindable-schedule.ts';
import { exactSteps, type Length } from '@cantrip/plugin-kit';
import { lengthSchema, positiveSchema, scheduleSchema } from '../core/option-schemas.ts';
import { boundIn, exactEnd, firstValue, type Schedule } from '../core/schedule.ts';
import { counterRandom } from './counter-random.ts';

export interface NoiseOptions {
  /** An integer. The same seed gives the same noise. */
  readonly seed: number;
  /** `normal` noise, cut off at `limit`, or `uniform` noise within `limit`; `normal` by default. */
  readonly kind?: 'normal' | 'uniform';
  /** The largest noise, as a share of the value, in (0, 1]; 0.67 by default. */
  readonly limit?: number;
  /** The standard deviation of the normal noise before the cut-off; above 0, 1 by default. */
  readonly standardDeviation?: number;
  /** The step at which noise starts; 0 by default. */
  readonly from?: Length;
  /** The step at which noise ends; the end of the schedule by default. */
  readonly to?: Length | undefined;
}

const noiseOptions = v.strictObject({
  seed: v.pipe(v.number(), v.safeInteger()),
  kind: v.optional(v.picklist(['normal', 'uniform']), 'normal'),
  limit: v.optional(v.pipe(positiveSchema, v.maxValue(1)), 0.67),
  standardDeviation: v.optional(positiveSchema, 1),
  from: v.optional(lengthSchema, 0),
  to: v.optional(lengthSchema),
});

/**
 * Adds random noise to a schedule: `value * (1 + noise)`, with new noise at each step.
 *
 * The noise depends on seed and step alone, so a resumed run has the same noise as an uninterrupted one. The end
 * value has no noise.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const schedule = noise(constant({ value: 0.1 }), { seed: 42, kind: 'uniform', limit: 0.5 });
 * schedule(7) === schedule(7); // true, and in [0.05, 0.15]
 * ```
 */
export function noise(schedule: Schedule, options: NoiseOptions): BindableSchedule {
  parseOptions('noise', v.object({ schedule: scheduleSchema }), { schedule });
  const { from, to, seed, ...form } = parseOptions('noise', noiseOptions, options);
  return bindableSchedule((run, steps, place) => {
    const inner = boundIn(schedule, run, place, steps);
    const begin = place(exactSteps('noise', from, run));
    const end = to === undefined ? Infinity : place(exactSteps('noise', to, run));
    const at = (step: number): number => {
      const value = inner(step);
      return step >= begin && step < end ? value + value * draw(form, counterRandom(seed, step)) : value;
    };
    return boundSchedule(inner.steps, at, Number.isFinite(inner.steps) ? inner(inner.steps) : Number.NaN, {
      exactSteps: exactEnd(inner),
      initialValue: inner.steps === 0 ? firstValue(inner) : at(0),
    });
  });
}

interface Form {
  readonly kind: 'normal' | 'uniform';
  readonly limit: number;
  readonly standardDeviation: number;
}

function draw({ kind, limit, standardDeviation }: Form, random: () => number): number {
  if (kind === 'uniform') return (2 * random() - 1) * limit;
  // Rejection sampling: draws a uniform number within the limit and accepts it with the density of the normal
  // distribution. This is fast for every limit. Beyond 8 standard deviations, the density is practically 0.
  const reach = Math.min(limit, 8 * standardDeviation);
  for (;;) {
    const value = (2 * random() - 1) * reach;
    if (random() < Math.exp(-((value / standardDeviation) ** 2) / 2)) return value;
  }
}
