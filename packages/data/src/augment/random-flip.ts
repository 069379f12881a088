import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { Image, RandomFlip } from './augmentation.ts';

export interface RandomFlipOptions {
  /** The probability of a flip, in [0, 1]; 0.5 by default. */
  readonly probability?: number;
  /** `horizontal` (the default) swaps left and right, `vertical` swaps top and bottom. */
  readonly axis?: 'horizontal' | 'vertical';
}

const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const axis = v.picklist(['horizontal', 'vertical']);
const schema = v.strictObject({
  probability: v.optional(probability, 0.5),
  axis: v.optional(axis, 'horizontal'),
});

/** The schema entries of {@link randomFlip}, without its kind. */
export const randomFlipEntries: {
  readonly probability: v.GenericSchema<number>;
  readonly axis: v.GenericSchema<RandomFlip['axis']>;
} = { probability, axis };

/**
 * Mirrors each image with a probability. Do not use it for digits or letters: a mirrored 2 is not a 2.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * randomFlip(); // { kind: 'randomFlip', probability: 0.5, axis: 'horizontal' }
 * ```
 */
export function randomFlip(options: RandomFlipOptions = {}): RandomFlip {
  return { kind: 'randomFlip', ...parseOptions('randomFlip', schema, options) };
}

/** Mirrors the image in place. */
export function flip({ values, height, width, channels }: Image, axis: RandomFlip['axis']): void {
  // A vertical flip swaps whole rows; a horizontal flip swaps pixels within each row.
  const isVertical = axis === 'vertical';
  const lines = isVertical ? 1 : height;
  const places = isVertical ? height : width;
  const size = isVertical ? width * channels : channels;
  for (let line = 0; line < lines; line++) {
    const start = line * places * size;
    for (let place = 0; place < places >> 1; place++) {
      swap(values, start + place * size, start + (places - 1 - place) * size, size);
    }
  }
}

function swap(values: Image['values'], first: number, second: number, size: number): void {
  for (let index = 0; index < size; index++) {
    const kept = values[first + index]!;
    values[first + index] = values[second + index]!;
    values[second + index] = kept;
  }
}
