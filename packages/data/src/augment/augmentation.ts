import type { RandomStream } from '@cantrip/ops';

/** One image in a batch, rows of pixels of channels. What is written into `values` is what the model sees. */
export interface Image {
  readonly values: Uint8Array | Float32Array | Int32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** See {@link randomCrop}. */
export interface RandomCrop {
  readonly kind: 'randomCrop';
  readonly padding: number;
  readonly fill: number;
}

/** See {@link randomFlip}. */
export interface RandomFlip {
  readonly kind: 'randomFlip';
  readonly probability: number;
  readonly axis: 'horizontal' | 'vertical';
}

/** Changes an image in place. All its randomness comes from `random`, so that every run draws the same. */
export type CustomAugmentation = (image: Image, random: RandomStream) => void;

/** A change of each image, drawn anew in each epoch: plain data, or a function of one's own. */
export type Augmentation = RandomCrop | RandomFlip | CustomAugmentation;
