import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { Image, RandomCrop } from './augmentation.ts';

export interface RandomCropOptions {
  /** The number of pixels added on each side before an image of the original size is cut out. */
  readonly padding: number;
  /** The value of the added pixels, in the units of the array; 0 by default. */
  readonly fill?: number;
}

const padding = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(1024));
const fill = v.pipe(v.number(), v.finite());
const schema = v.strictObject({ padding, fill: v.optional(fill, 0) });

/** The schema entries of {@link randomCrop}, without its kind. */
export const randomCropEntries: Readonly<Record<'padding' | 'fill', v.GenericSchema<number>>> = {
  padding,
  fill,
};

/**
 * Shifts each image at random: pads it on every side, then cuts out an image of the original size.
 *
 * Both offsets are uniform in `0 … 2 * padding`. The images are [height, width, channels], uint8, int32 or float32.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * randomCrop({ padding: 4 }); // { kind: 'randomCrop', padding: 4, fill: 0 }
 * ```
 * @see He, Zhang, Ren and Sun, "Deep residual learning for image recognition", 2015, section 4.2
 */
export function randomCrop(options: RandomCropOptions): RandomCrop {
  return { kind: 'randomCrop', ...parseOptions('randomCrop', schema, options) };
}

/** The position at which an image is cut out of its padded version. */
export interface Crop {
  readonly top: number;
  readonly left: number;
  readonly padding: number;
  readonly fill: number;
}

/** Cuts the image out of its padded version, in place. `scratch` must hold at least as many values as the image. */
export function cropPadded(image: Image, scratch: Image['values'], { top, left, padding, fill }: Crop): void {
  const { values, height, width, channels } = image;
  const down = top - padding;
  const right = left - padding;
  if (down === 0 && right === 0) return;
  const row = width * channels;
  scratch.set(values);
  values.fill(fill);
  const from = Math.max(0, right);
  const to = Math.min(width, width + right);
  if (from >= to) return;
  for (let y = Math.max(0, -down); y < Math.min(height, height - down); y++) {
    const source = (y + down) * row;
    values.set(
      scratch.subarray(source + from * channels, source + to * channels),
      y * row + (from - right) * channels,
    );
  }
}
