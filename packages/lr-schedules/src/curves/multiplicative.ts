import { readOptions } from '@cantrip/errors';
import { type BindableSchedule, endingAt, endingOption } from '../core/bindable-schedule.ts';
import type { Length } from '@cantrip/plugin-kit';
import { rateCheck, scheduleCheck } from '../core/option-checks.ts';
import { boundIn, type Schedule } from '../core/schedule.ts';

export interface MultiplicativeOptions {
  /** The learning rate at step 0. */
  readonly value: number;
  /** A function of the step. It returns the factor for the previous step's learning rate, from step 1 on. */
  readonly factor: Schedule;
  /** The length; afterwards the value stays constant. No end by default. */
  readonly steps?: Length | undefined;
}

const multiplicativeOptions = {
  value: rateCheck,
  factor: scheduleCheck,
  ...endingOption,
};

/**
 * Multiplies the learning rate by a factor at each step: `value * factor(1) * … * factor(step)`.
 *
 * The same as PyTorch's `MultiplicativeLR`. If the factor is constant, use {@link exponential}, which is faster.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * multiplicative({ value: 0.1, factor: (step) => (step % 10 === 0 ? 0.5 : 1) })(25); // 0.025
 * ```
 */
export function multiplicative(options: MultiplicativeOptions): BindableSchedule {
  const { value, factor, steps } = readOptions('multiplicative', multiplicativeOptions, options);
  return endingAt('multiplicative', steps, (run, place) => {
    const product = productsOf(boundIn(factor, run, place));
    return (step) => value * product(step);
  });
}

/** `factor(1) * … * factor(step)`. It starts from the last computed product if that is of an earlier step. */
function productsOf(factor: (step: number) => number): (step: number) => number {
  let last = { step: 0, product: 1 };
  return (step) => {
    if (step === Infinity) return Number.NaN;
    const whole = Math.floor(step);
    let { step: at, product } = last.step > whole ? { step: 0, product: 1 } : last;
    while (at < whole) product *= factor(++at);
    last = { step: whole, product };
    return step === whole ? product : product * factor(whole + 1) ** (step - whole);
  };
}
