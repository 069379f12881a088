import { optional, readOptions } from '@cantrip/errors';
import { type BindableSchedule, bindableSchedule, boundSchedule } from '../core/bindable-schedule.ts';
import { exactSteps, type Length, lengthCheck } from '@cantrip/plugin-kit';
import { optionInvalid } from '../core/option-invalid.ts';
import { rateCheck, scheduleCheck } from '../core/option-checks.ts';
import { placeFrom } from '../core/place.ts';
import { boundIn, type Schedule } from '../core/schedule.ts';
import { falling, rising, type CurveShape, curveShapeCheck } from '../core/curve-shape.ts';

export interface WarmupStableDecayOptions {
  /** The learning rate of the plateau. */
  readonly peakValue: number;
  /** The learning rate at step 0; 0 by default. */
  readonly initialValue?: number;
  /** The learning rate at the end and afterwards; 0 by default. */
  readonly endValue?: number;
  /** The length of the whole schedule, with warm-up and decay. */
  readonly steps: Length;
  /** The length of the warm-up; 0 by default. */
  readonly warmup?: Length;
  /** The length of the decay, at the end of the schedule. */
  readonly decay: Length;
  /** The shape of the warm-up; `linear` by default. */
  readonly warmupShape?: CurveShape;
  /** The shape of the decay; `1-sqrt` by default, the best in the comparison of Hägele et al. */
  readonly decayShape?: CurveShape;
  /** A schedule that multiplies `peakValue` after the warm-up, e.g. `inverseSqrt({ value: 1, … })`; 1 by default. */
  readonly stable?: Schedule | undefined;
}

const warmupStableDecayOptions = {
  peakValue: rateCheck,
  initialValue: optional(rateCheck, 0),
  endValue: optional(rateCheck, 0),
  steps: lengthCheck,
  warmup: optional(lengthCheck, 0),
  decay: lengthCheck,
  warmupShape: optional(curveShapeCheck, 'linear'),
  decayShape: optional(curveShapeCheck, '1-sqrt'),
  stable: optional(scheduleCheck),
};

/**
 * Warm-up, plateau and decay: rises to `peakValue`, stays there, then falls to `endValue` over the last `decay`
 * steps.
 *
 * You can extend a run at any step of the plateau: the schedule before the decay does not depend on the run's
 * length.
 *
 * @throws CantripError OPTION_INVALID, also when warm-up and decay are longer than `steps`
 * @example
 * ```ts
 * const schedule = warmupStableDecay({ peakValue: 0.1, warmup: 10, decay: 20, steps: 100 });
 * schedule(5); // 0.05
 * schedule(79); // 0.1
 * schedule(85); // 0.05 = 0.1 * (1 - sqrt(5 / 20))
 * ```
 * @see Hu et al., MiniCPM, https://arxiv.org/abs/2404.06395
 * @see Hägele et al., Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations,
 *   https://arxiv.org/abs/2405.18392
 */
export function warmupStableDecay(options: WarmupStableDecayOptions): BindableSchedule {
  const given = readOptions('warmupStableDecay', warmupStableDecayOptions, options);
  const { peakValue, initialValue, endValue } = given;
  const risen = rising(given.warmupShape);
  const left = falling(given.decayShape);
  return bindableSchedule((run, exact = exactSteps('warmupStableDecay', given.steps, run), place) => {
    const total = place(exact);
    const exactRise = exactSteps('warmupStableDecay', given.warmup, run);
    const rise = place(exactRise);
    const fall = total - place(exact - exactSteps('warmupStableDecay', given.decay, run));
    if (rise + fall > total) {
      const what = `warmup and decay must together be at most steps (${total}), got ${rise} and ${fall} steps`;
      throw optionInvalid('warmupStableDecay', what, 'Make warmup or decay shorter, or steps longer');
    }
    const stable = given.stable ? boundIn(given.stable, run, placeFrom(place, exactRise)) : () => 1;
    const plateau = (step: number): number => Math.max(peakValue * stable(step - rise), endValue);
    const at = (step: number): number => {
      if (step < rise) return initialValue + (peakValue - initialValue) * risen(step / rise);
      const decayed = step - (total - fall);
      if (decayed <= 0) return plateau(step);
      return endValue + (plateau(step) - endValue) * left(decayed / fall);
    };
    const initial = rise > 0 ? initialValue : plateau(0);
    return boundSchedule(total, at, endValue, { exactSteps: exact, initialValue: initial });
  });
}
