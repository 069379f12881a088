import { readOptions } from '@cantrip/errors';
import { type BindableSchedule, endingAt, endingOption } from '../core/bindable-schedule.ts';
import type { Length } from '@cantrip/plugin-kit';
import { rateCheck } from '../core/option-checks.ts';

export interface ConstantOptions {
  readonly value: number;
  /** The length, needed in a `join`. No end by default. */
  readonly steps?: Length | undefined;
}

const constantOptions = { value: rateCheck, ...endingOption };

/**
 * A constant learning rate.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * constant({ value: 0.1 })(1000); // 0.1
 * ```
 */
export function constant(options: ConstantOptions): BindableSchedule {
  const { value, steps } = readOptions('constant', constantOptions, options);
  return endingAt('constant', steps, () => () => value);
}
