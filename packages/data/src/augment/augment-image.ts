import type { RandomStream } from '@cantrip/ops';
import { CantripError } from '@cantrip/errors';
import type { Augmentation, Image } from './augmentation.ts';
import { cropPadded } from './random-crop.ts';
import { flip } from './random-flip.ts';
import type { ByteImage } from './image-ops/byte-image.ts';
import { augmentTrivially } from './trivial-augment.ts';

/** Applies the augmentations to an image in order and in place. All draw from one stream. */
export function augmentImage(
  image: Image,
  augmentations: readonly Augmentation[],
  random: RandomStream,
  scratch: Image['values'],
): void {
  for (const augmentation of augmentations) {
    if (typeof augmentation === 'function') {
      callCustom(augmentation, image, random);
    } else if (augmentation.kind === 'randomCrop') {
      const { padding, fill } = augmentation;
      const top = random.integer(2 * padding + 1);
      const left = random.integer(2 * padding + 1);
      cropPadded(image, scratch, { top, left, padding, fill });
    } else if (augmentation.kind === 'trivialAugment') {
      // arrayDataset takes it for bytes only.
      augmentTrivially(image as ByteImage, augmentation, random, scratch as Uint8Array);
    } else if (random.uniform() < augmentation.probability) {
      flip(image, augmentation.axis);
    }
  }
}

function callCustom(
  augmentation: (image: Image, random: RandomStream) => unknown,
  image: Image,
  random: RandomStream,
): void {
  // The author of a function that returns a new image expects it to be used. Ignoring it silently would be wrong.
  if (augmentation(image, random) !== undefined) {
    throw new CantripError('HOOK_RESULT', {
      who: 'arrayDataset',
      what: `the augmentation ${augmentation.name || '(anonymous)'} must return nothing, but it returned a value`,
      fix: 'Change image.values in place, synchronously, and return nothing',
    });
  }
}
