import { booleanCheck, optional, readOptions } from '@cantrip/errors';
import {
  type BindableSchedule,
  bindableSchedule,
  boundSchedule,
  scheduleOfLength,
} from '../core/bindable-schedule.ts';
import { exactSteps, type Length, lengthCheck } from '@cantrip/plugin-kit';
import { positiveCheck, rateCheck } from '../core/option-checks.ts';
import { progressOf } from '../core/curve-shape.ts';

export interface PolynomialOptions {
  /** The learning rate at step 0. */
  readonly value: number;
  /** The learning rate at the end and afterwards; 0 by default. */
  readonly endValue?: number;
  readonly steps: Length;
  /** The exponent; above 0. 1 by default, which is a straight line. */
  readonly power?: number;
  /** The exponent k of k-decay, above 0; 1 by default. With a higher k, the rate stays high for longer. */
  readonly kDecay?: number;
  /**
   * Whether the curve continues after its end: it is stretched to the next multiple of `steps`, so the rate jumps up
   * and falls to `endValue` again. As Keras's `PolynomialDecay(cycle=True)`. False by default.
   */
  readonly cycle?: boolean;
}

const polynomialOptions = {
  value: rateCheck,
  endValue: optional(rateCheck, 0),
  steps: lengthCheck,
  power: optional(positiveCheck, 1),
  kDecay: optional(positiveCheck, 1),
  cycle: optional(booleanCheck, false),
};

/**
 * Polynomial decay: `endValue + (value - endValue) * (1 - step^k / steps^k) ^ power`, then `endValue`.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * polynomial({ value: 0.1, power: 2, steps: 100 })(50); // 0.025
 * ```
 */
export function polynomial(options: PolynomialOptions): BindableSchedule {
  const { value, endValue, power, steps, kDecay, cycle } = readOptions(
    'polynomial',
    polynomialOptions,
    options,
  );
  const at = (step: number, total: number): number =>
    endValue + (value - endValue) * (1 - progressOf(step, total, kDecay)) ** power;
  const once = scheduleOfLength('polynomial', steps, endValue, at);
  if (!cycle) return once;
  return bindableSchedule((run, exact = exactSteps('polynomial', steps, run), place) => {
    const total = place(exact);
    if (total === 0) return once.forRun(run, exact, place);
    return boundSchedule(
      Infinity,
      (step) => at(step, total * Math.max(1, Math.ceil(step / total))),
      Number.NaN,
    );
  });
}
