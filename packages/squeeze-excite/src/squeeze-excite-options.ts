import * as v from 'valibot';

export interface SqueezeExciteOptions {
  /**
   * The channels between squeeze and excitation: a whole number up to 65,536, or a share of the channels in (0, 1), rounded down to at
   * least 1. 64 by default.
   */
  readonly latentChannels?: number | undefined;
  /** A convolution gets a block if its inputs and its outputs have at least this many channels. 128 by default. */
  readonly minChannels?: number | undefined;
  /** The names of the layers that get a block, in the place of `minChannels`: `conv2d_3` or `inner/conv2d_3`. */
  readonly layers?: readonly string[] | undefined;
}

export const squeezeExciteSchema: v.GenericSchema<
  SqueezeExciteOptions,
  { latentChannels: number; minChannels: number; layers?: readonly string[] | undefined }
> = v.strictObject({
  latentChannels: v.optional(
    v.pipe(
      v.number(),
      v.check(
        (value) => (value > 0 && value < 1) || (value >= 1 && value <= 65_536 && Number.isSafeInteger(value)),
        'must be a whole number of channels from 1 to 65,536, or a share in (0, 1)',
      ),
    ),
    64,
  ),
  minChannels: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 128),
  layers: v.optional(v.pipe(v.array(v.string()), v.minLength(1))),
});
