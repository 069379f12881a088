import { rotate, shear, translate } from './affine.ts';
import { brightness, contrast, saturation, sharpness } from './blend.ts';
import type { ByteImage } from './byte-image.ts';
import { autoContrast, equalize, posterize, solarize } from './tones.ts';

/** What an operation may use beside the image. */
export interface Tools {
  /** The value of what comes from outside of the image. */
  readonly fill: number;
  /** At least as many bytes as the image. */
  readonly scratch: Uint8Array;
}

/** A change of an image of a certain strength. */
export interface Operation {
  readonly name: string;
  /** The strength at a share of the range, in [0, 1]; absent where an operation has none. */
  readonly magnitude?: (share: number) => number;
  /** Whether a strength may be negative too. */
  readonly isSigned?: boolean;
  /** Changes an image in place. */
  apply(image: ByteImage, magnitude: number, tools: Tools): void;
}

const upTo =
  (most: number) =>
  (share: number): number =>
    most * share;
const signed = (
  name: string,
  most: number,
  apply: (image: ByteImage, magnitude: number, tools: Tools) => void,
): Operation => ({ name, magnitude: upTo(most), isSigned: true, apply });

/** The operations of TrivialAugment, with the wide ranges of its authors, in torchvision's order. */
export const operations: readonly Operation[] = [
  { name: 'identity', apply: () => undefined },
  signed('shearX', 0.99, (image, by, tools) => shear(image, 'x', by, tools)),
  signed('shearY', 0.99, (image, by, tools) => shear(image, 'y', by, tools)),
  signed('translateX', 32, (image, by, tools) => translate(image, 'x', by, tools)),
  signed('translateY', 32, (image, by, tools) => translate(image, 'y', by, tools)),
  signed('rotate', 135, rotate),
  signed('brightness', 0.99, brightness),
  signed('color', 0.99, saturation),
  signed('contrast', 0.99, contrast),
  signed('sharpness', 0.99, (image, change, { scratch }) => sharpness(image, change, scratch)),
  { name: 'posterize', magnitude: (share) => 8 - roundHalfToEven(6 * share), apply: posterize },
  { name: 'solarize', magnitude: (share) => 255 * (1 - share), apply: solarize },
  { name: 'autoContrast', apply: autoContrast },
  { name: 'equalize', apply: equalize },
];

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below === 0.5) return below + (below % 2);
  return Math.round(value);
}
