import { parseOptions } from '@cantrip/errors';
import type { RandomStream } from '@cantrip/ops';
import * as v from 'valibot';
import type { TrivialAugment } from './augmentation.ts';
import type { ByteImage } from './image-ops/byte-image.ts';
import { operations, type Tools } from './image-ops/operations.ts';

export interface TrivialAugmentOptions {
  /** The number of strengths of each operation, from none to the strongest; at least 2, 31 by default. */
  readonly bins?: number;
  /** The byte that fills what comes from outside of the image; 0 by default. */
  readonly fill?: number;
}

const bins = v.pipe(v.number(), v.safeInteger(), v.minValue(2), v.maxValue(1024));
const fill = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(255));
const schema = v.strictObject({ bins: v.optional(bins, 31), fill: v.optional(fill, 0) });

/** The schema entries of {@link trivialAugment}, without its kind. */
export const trivialAugmentEntries: Readonly<Record<'bins' | 'fill', v.GenericSchema<number>>> = {
  bins,
  fill,
};

/**
 * Changes each image by one random operation of random strength: TrivialAugment, with its wide ranges.
 *
 * The operations are those of torchvision: none, shear, translate and rotate with the nearest pixel, brightness, color,
 * contrast, sharpness, posterize, solarize, autocontrast and equalize. Operation, strength and sign are uniform. The images
 * are bytes, [height, width, channels], with 1 or 3 channels.
 *
 * @throws CantripError OPTION_INVALID; from `arrayDataset` SHAPE_MISMATCH for other channels, OPTION_INVALID for an
 *   array that holds no bytes
 * @example
 * ```ts
 * trivialAugment(); // { kind: 'trivialAugment', bins: 31, fill: 0 }
 * ```
 * @see Müller and Hutter, TrivialAugment, ICCV 2021, https://arxiv.org/abs/2103.10158
 */
export function trivialAugment(options: TrivialAugmentOptions = {}): TrivialAugment {
  return { kind: 'trivialAugment', ...parseOptions('trivialAugment', schema, options) };
}

/** Changes an image in place. It draws three numbers, whatever the operation. */
export function augmentTrivially(
  image: ByteImage,
  { bins: count, ...rest }: TrivialAugment,
  random: RandomStream,
  scratch: Tools['scratch'],
): void {
  const operation = operations[random.integer(operations.length)]!;
  const share = random.integer(count) / (count - 1);
  const isNegative = random.integer(2) === 1;
  const magnitude = operation.magnitude?.(share) ?? 0;
  operation.apply(image, operation.isSigned && isNegative ? -magnitude : magnitude, {
    fill: rest.fill,
    scratch,
  });
}
