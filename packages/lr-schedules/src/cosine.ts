import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { decay } from './decay.ts';
import { type Length, lengthSchema } from './length.ts';
import { rateSchema } from './option-schemas.ts';
import type { BindableSchedule } from './schedule.ts';

export interface CosineOptions {
  /** The learning rate at step 0. */
  readonly value: number;
  /** The learning rate at the end, which stays; 0 by default. */
  readonly endValue?: number;
  readonly steps: Length;
}

const cosineOptions = v.strictObject({
  value: rateSchema,
  endValue: v.optional(rateSchema, 0),
  steps: lengthSchema,
});

/**
 * Half a cosine: `endValue + (value - endValue) * 0.5 * (1 + cos(step / steps * pi))`, then `endValue`: unlike
 * PyTorch's `CosineAnnealingLR` it never climbs again.
 *
 * Towards 0 it is exactly `value * 0.5 * (1 + cos(step / steps * pi))`.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * cosine({ value: 0.1, steps: 100 })(50); // 0.05
 * ```
 * @see Loshchilov & Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, https://arxiv.org/abs/1608.03983
 */
export function cosine(options: CosineOptions): BindableSchedule {
  const { value, endValue, steps } = parseOptions('cosine', cosineOptions, options);
  const height = value - endValue;
  return decay(
    'cosine',
    steps,
    endValue,
    (step, total) => endValue + height * 0.5 * (1 + Math.cos((step / total) * Math.PI)),
  );
}
