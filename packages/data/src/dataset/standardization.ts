import type { Normalization } from '@cantrip/ops';
import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

export interface StandardizationOptions {
  /** The mean of the pixels in 0 … 1: one number, or one for each channel; 0 by default. */
  readonly mean?: number | readonly number[];
  /** The standard deviation of the pixels in 0 … 1: one number, or one for each channel; 1 by default. */
  readonly standardDeviation?: number | readonly number[];
}

const finite = v.pipe(v.number(), v.finite());
const positive = v.pipe(finite, v.gtValue(0));
const schema = v.strictObject({
  mean: v.optional(
    v.union([finite, v.pipe(v.array(finite), v.nonEmpty())], 'must be a number, or one for each channel'),
    0,
  ),
  standardDeviation: v.optional(
    v.union(
      [positive, v.pipe(v.array(positive), v.nonEmpty())],
      'must be a number above 0, or one for each channel',
    ),
    1,
  ),
});

/**
 * Creates a normalization of bytes, which computes `(value / 255 - mean) / standardDeviation` on the device.
 *
 * Mean and standard deviation are those of the pixels in 0 … 1, as they are usually published (MNIST: 0.1307 and
 * 0.3081). Without options, bytes are mapped to 0 … 1.
 *
 * @throws CantripError OPTION_INVALID; SHAPE_MISMATCH if both have several channels, but not the same number
 * @example
 * ```ts
 * standardization({ mean: 0.5, standardDeviation: 0.5 }); // { scale: 0.00784313725490196, offset: -1 }
 * ```
 */
export function standardization(options: StandardizationOptions = {}): Normalization {
  const { mean, standardDeviation } = parseOptions('standardization', schema, options);
  if (Array.isArray(mean) && Array.isArray(standardDeviation) && mean.length !== standardDeviation.length) {
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'standardization',
      what: `mean and standardDeviation must have the same number of channels, got ${mean.length} and ${standardDeviation.length}`,
      fix: 'Use the same channels for both, or a single number for one of them',
    });
  }
  const channels = Array.isArray(mean)
    ? mean.length
    : Array.isArray(standardDeviation)
      ? standardDeviation.length
      : 0;
  const at = (value: number | number[], channel: number) => (Array.isArray(value) ? value[channel]! : value);
  const scaleOf = (channel: number) => 1 / (255 * at(standardDeviation, channel));
  const offsetOf = (channel: number) => 0 - at(mean, channel) / at(standardDeviation, channel);
  if (channels === 0) return requireFloats({ scale: scaleOf(0), offset: offsetOf(0) });
  const each = Array.from({ length: channels }, (_, channel) => channel);
  return requireFloats({ scale: each.map(scaleOf), offset: each.map(offsetOf) });
}

/** Scale and offset are float32 on the device, where a tiny deviation becomes infinity. */
function requireFloats(normalization: Normalization): Normalization {
  const { scale, offset } = normalization;
  const beyond = [scale, offset].flat().find((value) => !Number.isFinite(Math.fround(value)));
  if (beyond === undefined) return normalization;
  throw new CantripError('OPTION_INVALID', {
    who: 'standardization',
    what: `mean and standardDeviation must give numbers that float32 can hold, got ${beyond}`,
    fix: 'Use the mean and the standard deviation of pixels in 0 … 1',
  });
}
