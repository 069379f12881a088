import { optional, readOptions } from '@cantrip/errors';
import { type BindableSchedule, endingAt, endingOption } from '../core/bindable-schedule.ts';
import { type Length, periodCheck } from '@cantrip/plugin-kit';
import { positiveCheck, rateCheck } from '../core/option-checks.ts';
import { periodOf } from '../core/period.ts';

export interface InverseSqrtOptions {
  /** The learning rate at step 0. */
  readonly value: number;
  /** The length after which the rate is `value * 2^-power`; usually the length of the warm-up before it. */
  readonly timescale: Length;
  /** The exponent; above 0. 0.5 by default, which is the inverse square root. */
  readonly power?: number;
  /** The length of the decay; afterwards the value stays constant. No end by default. */
  readonly steps?: Length | undefined;
}

const inverseSqrtOptions = {
  value: rateCheck,
  timescale: periodCheck,
  power: optional(positiveCheck, 0.5),
  ...endingOption,
};

/**
 * Inverse square root decay: `value * (1 + step / timescale) ^ -power`. It does not depend on the run's length.
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
  const { value, timescale, power, steps } = readOptions('inverseSqrt', inverseSqrtOptions, options);
  return endingAt('inverseSqrt', steps, (run) => {
    const scale = periodOf('inverseSqrt', timescale, run);
    return (step) => value * (1 + step / scale) ** -power;
  });
}
