import { numberIn, optional, readOptions } from '@cantrip/errors';
import { type BindableSchedule, scheduleOfLength } from '../core/bindable-schedule.ts';
import { type Length, lengthCheck } from '@cantrip/plugin-kit';
import { optionInvalid } from '../core/option-invalid.ts';
import { rateCheck } from '../core/option-checks.ts';

export interface TanhOptions {
  /** The learning rate at the start. */
  readonly value: number;
  /** The learning rate at the end and afterwards; 0 by default. */
  readonly endValue?: number;
  readonly steps: Length;
  /** The argument of the hyperbolic tangent at the start; -7 by default. */
  readonly lower?: number;
  /** The argument at the end, above `lower`; 3 by default. */
  readonly upper?: number;
}

const tanhOptions = {
  value: rateCheck,
  endValue: optional(rateCheck, 0),
  steps: lengthCheck,
  lower: optional(numberIn(), -7),
  upper: optional(numberIn(), 3),
};

/**
 * Hyperbolic tangent decay: `endValue + (value - endValue) * 0.5 * (1 - tanh(lower + (upper - lower) * step /
 * steps))`, then `endValue`. The rate stays high for longer than with a cosine, then falls faster.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * tanh({ value: 0.1, steps: 100 })(70); // 0.05
 * ```
 * @see Hsueh et al., Stochastic Gradient Descent with Hyperbolic-Tangent Decay, https://arxiv.org/abs/1806.01593
 */
export function tanh(options: TanhOptions): BindableSchedule {
  const { value, endValue, steps, lower, upper } = readOptions('tanh', tanhOptions, options);
  if (lower >= upper) {
    throw optionInvalid(
      'tanh',
      `upper must be above lower, got ${upper} and ${lower}`,
      'Set upper to a number above lower',
    );
  }
  return scheduleOfLength('tanh', steps, endValue, (step, total) => {
    const progress = step / total;
    const place = lower * (1 - progress) + upper * progress;
    return endValue + 0.5 * (value - endValue) * (1 - Math.tanh(place));
  });
}
