import { optional, readOptions } from '@cantrip/errors';
import { type BindableSchedule, bindableSchedule, boundSchedule } from '../core/bindable-schedule.ts';
import { exactSteps, type Length, lengthCheck } from '@cantrip/plugin-kit';
import { optionInvalid } from '../core/option-invalid.ts';
import { rateCheck } from '../core/option-checks.ts';
import { falling } from '../core/curve-shape.ts';

export interface FlatCosineOptions {
  /** The learning rate at the start, for the length `flat`. */
  readonly value: number;
  /** The learning rate at the end and afterwards; 0 by default. */
  readonly endValue?: number;
  readonly steps: Length;
  /** The length of the constant part; 75 % of `steps` by default. */
  readonly flat?: Length | undefined;
}

const flatCosineOptions = {
  value: rateCheck,
  endValue: optional(rateCheck, 0),
  steps: lengthCheck,
  flat: optional(lengthCheck),
};

/**
 * A constant part, then a cosine decay to `endValue`, as fastai's `fit_flat_cos`.
 *
 * @throws CantripError OPTION_INVALID, also when `flat` is longer than `steps`
 * @example
 * ```ts
 * const schedule = flatCosine({ value: 0.1, steps: 100 });
 * schedule(75); // 0.1
 * schedule(87.5); // 0.05
 * ```
 */
export function flatCosine(options: FlatCosineOptions): BindableSchedule {
  const { value, endValue, steps, flat } = readOptions('flatCosine', flatCosineOptions, options);
  const left = falling('cosine');
  return bindableSchedule((run, exact = exactSteps('flatCosine', steps, run), place) => {
    const total = place(exact);
    const begin = flat === undefined ? 0.75 * total : place(exactSteps('flatCosine', flat, run));
    if (begin > total) {
      const what = `flat must be at most steps (${total}), got ${begin} steps`;
      throw optionInvalid('flatCosine', what, 'Make flat shorter, or steps longer');
    }
    const at = (step: number): number =>
      step < begin ? value : endValue + (value - endValue) * left((step - begin) / (total - begin));
    return boundSchedule(total, at, endValue, { exactSteps: exact, initialValue: value });
  });
}
