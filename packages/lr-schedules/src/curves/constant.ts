import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { BindableSchedule } from '../core/bindable-schedule.ts';
import { endingAt, endingOption } from '../core/ending-at.ts';
import type { Length } from '../core/length.ts';
import { rateSchema } from '../core/option-schemas.ts';

export interface ConstantOptions {
  readonly value: number;
  /** Where it ends, in a `join`. */
  readonly steps?: Length | undefined;
}

const constantOptions = v.strictObject({ value: rateSchema, ...endingOption });

/**
 * Always the same learning rate.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * constant({ value: 0.1 })(1000); // 0.1
 * ```
 */
export function constant(options: ConstantOptions): BindableSchedule {
  const { value, steps } = parseOptions('constant', constantOptions, options);
  return endingAt('constant', steps, () => () => value);
}
