import { optional, readOptions } from '@cantrip/errors';
import type { BindableSchedule } from '../core/bindable-schedule.ts';
import { scheduleOfLength } from '../core/schedule-of-length.ts';
import { type Length, lengthCheck } from '../core/length.ts';
import { positiveCheck, rateCheck } from '../core/option-checks.ts';
import { progressOf } from '../core/curve-shape.ts';

export interface CosineOptions {
  /** The learning rate at step 0. */
  readonly value: number;
  /** The learning rate at the end, which stays; 0 by default. */
  readonly endValue?: number;
  readonly steps: Length;
  /** k of k-decay, above 0: the higher, the longer it stays high; 1 by default. */
  readonly kDecay?: number;
  /** What the cosine is raised to, above 0; 1 by default. */
  readonly exponent?: number;
  /** How many waves, above 0; half a one by default. With more than half a one it climbs again before its end. */
  readonly waves?: number;
}

const cosineOptions = {
  value: rateCheck,
  endValue: optional(rateCheck, 0),
  steps: lengthCheck,
  kDecay: optional(positiveCheck, 1),
  exponent: optional(positiveCheck, 1),
  waves: optional(positiveCheck, 0.5),
};

/**
 * Half a cosine: `endValue + (value - endValue) * 0.5 * (1 + cos(step / steps * pi))`, then what it ends with: unlike
 * PyTorch's `CosineAnnealingLR` it never climbs again. For restarts see {@link restarts}.
 *
 * Towards 0 it is exactly `value * 0.5 * (1 + cos(step / steps * pi))`. In full, with k-decay, an exponent and waves:
 * `endValue + (value - endValue) * (0.5 * (1 + cos(step^k / steps^k * 2 * waves * pi)))^exponent`.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * cosine({ value: 0.1, steps: 100 })(50); // 0.05
 * ```
 * @see Loshchilov & Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, https://arxiv.org/abs/1608.03983
 * @see Zhang & Li, k-decay: A New Method For Learning Rate Schedule, https://arxiv.org/abs/2004.05909
 */
export function cosine(options: CosineOptions): BindableSchedule {
  const { value, endValue, steps, kDecay, exponent, waves } = readOptions('cosine', cosineOptions, options);
  const height = value - endValue;
  const left = (progress: number): number =>
    (0.5 * (1 + Math.cos(progress * Math.PI * 2 * waves))) ** exponent;
  // Exactly the end value after half a wave, where rounding could leave a trace of the height.
  const end = waves === 0.5 ? endValue : endValue + height * left(1);
  return scheduleOfLength(
    'cosine',
    steps,
    end,
    (step, total) => endValue + height * left(progressOf(step, total, kDecay)),
  );
}
