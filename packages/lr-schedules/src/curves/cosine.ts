import { optional, readOptions } from '@cantrip/errors';
import { type BindableSchedule, scheduleOfLength } from '../core/bindable-schedule.ts';
import { type Length, lengthCheck } from '@cantrip/plugin-kit';
import { positiveCheck, rateCheck } from '../core/option-checks.ts';

export interface CosineOptions {
  /** The learning rate at step 0. */
  readonly value: number;
  /** The learning rate at the end and afterwards; 0 by default. */
  readonly endValue?: number;
  readonly steps: Length;
  /** The exponent k of k-decay, above 0; 1 by default. With a higher k, the rate stays high for longer. */
  readonly kDecay?: number;
  /** The exponent of the cosine, above 0; 1 by default. */
  readonly exponent?: number;
  /** The number of waves, above 0; 0.5 by default. With more than 0.5, the rate rises again before the end. */
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
 * Cosine decay: `endValue + (value - endValue) * 0.5 * (1 + cos(step / steps * pi))`, then `endValue`. Unlike
 * PyTorch's `CosineAnnealingLR`, it does not rise again after its end. For restarts, see {@link restarts}.
 *
 * With `endValue` 0 it is exactly `value * 0.5 * (1 + cos(step / steps * pi))`. The full formula, with k-decay,
 * exponent and waves: `endValue + (value - endValue) * (0.5 * (1 + cos(step^k / steps^k * 2 * waves *
 * pi)))^exponent`.
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
  // After half a wave, the end is exactly the end value. The formula could differ from it by rounding.
  const end = waves === 0.5 ? endValue : endValue + height * left(1);
  return scheduleOfLength(
    'cosine',
    steps,
    end,
    (step, total) => endValue + height * left(kDecay === 1 ? step / total : step ** kDecay / total ** kDecay),
  );
}
