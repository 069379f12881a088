import { readOptions } from '@cantrip/errors';
import type { BindableSchedule } from '../core/bindable-schedule.ts';
import { endingAt, endingOption } from '../core/ending-at.ts';
import type { Length } from '../core/length.ts';
import { rateCheck, scheduleCheck } from '../core/option-checks.ts';
import { boundIn, type Schedule } from '../core/schedule.ts';

export interface MultiplicativeOptions {
  /** The learning rate at step 0. */
  readonly value: number;
  /** What the learning rate of the step before is multiplied by: a function of the step, asked from step 1 on. */
  readonly factor: Schedule;
  /** Where it ends and the value stays; never by default. */
  readonly steps?: Length | undefined;
}

const multiplicativeOptions = {
  value: rateCheck,
  factor: scheduleCheck,
  ...endingOption,
};

/**
 * Each step's learning rate is the one before times a factor of its own: `value * factor(1) * … * factor(step)`.
 *
 * PyTorch's `MultiplicativeLR`. With one factor for all steps it is {@link exponential}, which costs less.
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

/** `factor(1) * … * factor(step)`, each product from the last one that was asked for, if that lies before. */
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
