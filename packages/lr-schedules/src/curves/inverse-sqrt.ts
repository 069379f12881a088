import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { BindableSchedule } from '../core/bindable-schedule.ts';
import { endingAt, endingOption } from '../core/ending-at.ts';
import type { Length } from '../core/length.ts';
import { positiveSchema, rateSchema } from '../core/option-schemas.ts';
import { periodOf, periodSchema } from '../core/period.ts';

export interface InverseSqrtOptions {
  /** The learning rate at step 0. */
  readonly value: number;
  /** After how long it has fallen to `value * 2^-power`; usually the length of the warm-up before it. */
  readonly timescale: Length;
  /** Above 0; 0.5, the inverse square root, by default. */
  readonly power?: number;
  /** Where the decay ends and the value stays; never by default. */
  readonly steps?: Length | undefined;
}

const inverseSqrtOptions = v.strictObject({
  value: rateSchema,
  timescale: periodSchema,
  power: v.optional(positiveSchema, 0.5),
  ...endingOption,
});

/**
 * Inverse square root: `value * (1 + step / timescale) ^ -power`, which needs no length of the run.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const schedule = warmup(inverseSqrt({ value: 0.1, timescale: 100 }), { steps: 100 });
 * schedule(400); // 0.05
 * ```
 * @see Zhai et al., Scaling Vision Transformers, https://arxiv.org/abs/2106.04560
 * @see Shen et al., Power Scheduler (any power), https://arxiv.org/abs/2408.13359
 */
export function inverseSqrt(options: InverseSqrtOptions): BindableSchedule {
  const { value, timescale, power, steps } = parseOptions('inverseSqrt', inverseSqrtOptions, options);
  return endingAt('inverseSqrt', steps, (run) => {
    const scale = periodOf('inverseSqrt', timescale, run);
    return (step) => value * (1 + step / scale) ** -power;
  });
}
