import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

export interface GradientNoiseOptions {
  /** The variance of the noise in the first step; at least 0, 0.3 by default. 0 adds no noise. */
  readonly eta?: number | undefined;
  /** How fast the variance falls; at least 0, 0.55 by default. With 0 it stays the same. */
  readonly gamma?: number | undefined;
}

const atLeastZero = v.pipe(v.number(), v.finite(), v.minValue(0));
const schema = v.strictObject({ eta: v.optional(atLeastZero, 0.3), gamma: v.optional(atLeastZero, 0.55) });
const stepSchema = v.object({ step: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) });

/** @throws CantripError OPTION_INVALID */
export const checkedNoise = (
  who: string,
  options: unknown,
): { readonly eta: number; readonly gamma: number } => parseOptions(who, schema, options);

/**
 * The standard deviation of the gradient noise in a step: `sqrt(eta / (1 + step)^gamma)`.
 *
 * @param step - updates so far
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * gradientNoiseDeviation(0, { eta: 0.01 }); // 0.1
 * gradientNoiseDeviation(99, { eta: 0.01, gamma: 1 }); // 0.01
 * ```
 * @see Neelakantan et al., Adding gradient noise improves learning for very deep networks,
 *   https://arxiv.org/abs/1511.06807
 */
export function gradientNoiseDeviation(step: number, options: GradientNoiseOptions = {}): number {
  parseOptions('gradientNoiseDeviation', stepSchema, { step });
  return deviationOf(step, checkedNoise('gradientNoiseDeviation', options));
}

/** {@link gradientNoiseDeviation} of arguments that are right. */
export const deviationOf = (
  step: number,
  { eta, gamma }: { readonly eta: number; readonly gamma: number },
): number => Math.sqrt(eta / (1 + step) ** gamma);
