import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { decay } from './decay.ts';
import { type Length, lengthSchema } from './length.ts';
import { positiveSchema, rateSchema } from './option-schemas.ts';
import type { BindableSchedule } from './schedule.ts';

export interface PolynomialOptions {
  /** The learning rate at step 0. */
  readonly value: number;
  /** The learning rate at the end, which stays; 0 by default. */
  readonly endValue?: number;
  readonly steps: Length;
  /** The exponent, above 0; 1, a straight line, by default. */
  readonly power?: number;
}

const polynomialOptions = v.strictObject({
  value: rateSchema,
  endValue: v.optional(rateSchema, 0),
  steps: lengthSchema,
  power: v.optional(positiveSchema, 1),
});

/**
 * A power of what is left: `endValue + (value - endValue) * (1 - step / steps) ^ power`, then `endValue`.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * polynomial({ value: 0.1, power: 2, steps: 100 })(50); // 0.025
 * ```
 */
export function polynomial(options: PolynomialOptions): BindableSchedule {
  const { value, endValue, power, steps } = parseOptions('polynomial', polynomialOptions, options);
  return decay(
    'polynomial',
    steps,
    endValue,
    (step, total) => endValue + (value - endValue) * (1 - step / total) ** power,
  );
}
