import { optional, readOptions } from '@cantrip/errors';
import { type BindableSchedule, bindableSchedule, boundSchedule } from '../core/bindable-schedule.ts';
import { exactSteps, type Length, lengthCheck } from '@cantrip/plugin-kit';
import { optionInvalid } from '../core/option-invalid.ts';
import { rateCheck } from '../core/option-checks.ts';
import { falling, type CurveShape, curveShapeCheck } from '../core/curve-shape.ts';

export interface OneCycleOptions {
  readonly peakValue: number;
  /** The value at step 0; `peakValue / 25` by default. */
  readonly initialValue?: number | undefined;
  /** The value at the end and afterwards; `initialValue / 10000` by default. */
  readonly endValue?: number | undefined;
  readonly steps: Length;
  /** The length of the rise from the first value to the peak; 30 % of `steps` by default. */
  readonly rise?: Length | undefined;
  /**
   * The length of the fall from the peak to the first value. A third part then goes on to `endValue`. Without
   * `fall`, there are two parts: the second goes from the peak to `endValue`.
   */
  readonly fall?: Length | undefined;
  /** The shape of all parts; `cosine` by default. */
  readonly shape?: CurveShape;
}

const oneCycleOptions = {
  peakValue: rateCheck,
  initialValue: optional(rateCheck),
  endValue: optional(rateCheck),
  steps: lengthCheck,
  rise: optional(lengthCheck),
  fall: optional(lengthCheck),
  shape: optional(curveShapeCheck, 'cosine'),
};

/**
 * One cycle: rises from `initialValue` to `peakValue`, then falls to `endValue`, in two or three parts.
 *
 * You can also use it for the momentum, which first falls and then rises: 0.95, 0.85, 0.95. PyTorch's
 * `OneCycleLR(total_steps=T, pct_start=p)` equals `steps: T - 1`, `rise: p * T - 1`.
 *
 * @throws CantripError OPTION_INVALID, also when `rise` and `fall` are longer than `steps`
 * @example
 * ```ts
 * const rate = oneCycle({ peakValue: 0.1, steps: 100, rise: 30 });
 * rate(0); // 0.004
 * rate(30); // 0.1
 * rate(100); // 4e-7
 * const momentum = oneCycle({ initialValue: 0.95, peakValue: 0.85, endValue: 0.95, steps: 100, rise: 30 });
 * ```
 * @see Smith & Topin, Super-Convergence, https://arxiv.org/abs/1708.07120
 */
export function oneCycle(options: OneCycleOptions): BindableSchedule {
  const given = readOptions('oneCycle', oneCycleOptions, options);
  const { peakValue, initialValue = peakValue / 25, endValue = initialValue / 1e4 } = given;
  const left = falling(given.shape);
  return bindableSchedule((run, exact = exactSteps('oneCycle', given.steps, run), place) => {
    const total = place(exact);
    const exactRise = given.rise === undefined ? 0.3 * total : exactSteps('oneCycle', given.rise, run);
    const exactFall = given.fall === undefined ? 0 : exactSteps('oneCycle', given.fall, run);
    const risen = given.rise === undefined ? exactRise : place(exactRise);
    const fallen = given.fall === undefined ? risen : place(exactRise + exactFall);
    if (fallen > total) {
      const what = `rise and fall must together be at most steps (${total}), got ${risen} and ${fallen - risen} steps`;
      throw optionInvalid('oneCycle', what, 'Make rise or fall shorter, or steps longer');
    }
    const parts =
      given.fall === undefined
        ? [part(0, initialValue, risen, peakValue), part(risen, peakValue, total, endValue)]
        : [
            part(0, initialValue, risen, peakValue),
            part(risen, peakValue, fallen, initialValue),
            part(fallen, initialValue, total, endValue),
          ];
    const at = (step: number): number => {
      const { from, begin, to, end } = parts.find((one) => step < one.end) ?? (parts.at(-1) as Part);
      return to + (from - to) * left((step - begin) / (end - begin));
    };
    return boundSchedule(total, at, endValue, { exactSteps: exact, ...(total === 0 && { initialValue }) });
  });
}

interface Part {
  readonly begin: number;
  readonly from: number;
  readonly end: number;
  readonly to: number;
}

const part = (begin: number, from: number, end: number, to: number): Part => ({ begin, from, end, to });
