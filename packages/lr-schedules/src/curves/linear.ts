import { optional, readOptions } from '@cantrip/errors';
import { type BindableSchedule, scheduleOfLength } from '../core/bindable-schedule.ts';
import { type Length, lengthCheck } from '@cantrip/plugin-kit';
import { rateCheck } from '../core/option-checks.ts';

export interface LinearOptions {
  /** The learning rate at step 0; 0 by default. */
  readonly initialValue?: number;
  /** The learning rate at the end and afterwards. */
  readonly endValue: number;
  readonly steps: Length;
}

const linearOptions = {
  initialValue: optional(rateCheck, 0),
  endValue: rateCheck,
  steps: lengthCheck,
};

/**
 * A straight line: `initialValue + (endValue - initialValue) * step / steps`, then `endValue`.
 *
 * With `initialValue` 0 it is exactly `endValue * step / steps`.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * linear({ endValue: 0.1, steps: 100 })(50); // 0.05
 * ```
 */
export function linear(options: LinearOptions): BindableSchedule {
  const { initialValue, endValue, steps } = readOptions('linear', linearOptions, options);
  return scheduleOfLength(
    'linear',
    steps,
    endValue,
    (step, total) => initialValue + ((endValue - initialValue) * step) / total,
  );
}
