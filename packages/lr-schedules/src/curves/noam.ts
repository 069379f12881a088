import { optional, readOptions } from '@cantrip/errors';
import { type BindableSchedule, endingAt, endingOption } from '../core/bindable-schedule.ts';
import { type Length, periodCheck } from '@cantrip/plugin-kit';
import { positiveCheck } from '../core/option-checks.ts';
import { periodOf } from '../core/period.ts';

export interface NoamOptions {
  /** The width of the model; a positive number. */
  readonly modelSize: number;
  /** The length of the rise. */
  readonly warmup: Length;
  /** Multiplies the learning rate; above 0, 1 by default. */
  readonly factor?: number;
  /** The length; afterwards the value stays constant. No end by default. */
  readonly steps?: Length | undefined;
}

const noamOptions = {
  modelSize: positiveCheck,
  warmup: periodCheck,
  factor: optional(positiveCheck, 1),
  ...endingOption,
};

/**
 * The schedule of the Transformer: `factor * modelSize^-0.5 * min(n^-0.5, n * warmup^-1.5)` with `n = step + 1`. It
 * rises in a line, then falls as an inverse square root.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * noam({ modelSize: 400, warmup: 100 })(99); // 0.005
 * ```
 * @see Vaswani et al., Attention Is All You Need, section 5.3, https://arxiv.org/abs/1706.03762
 */
export function noam(options: NoamOptions): BindableSchedule {
  const { modelSize, warmup, factor, steps } = readOptions('noam', noamOptions, options);
  return endingAt('noam', steps, (run, place) => {
    const rise = place(periodOf('noam', warmup, run));
    return (step) => factor * modelSize ** -0.5 * Math.min((step + 1) ** -0.5, (step + 1) * rise ** -1.5);
  });
}
