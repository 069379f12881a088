import type { RandomStream } from '@cantrip/ops';

/** One image of a batch: rows of pixels, each with its channels. The model sees what is written into `values`. */
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

/** See {@link trivialAugment}. */
export interface TrivialAugment {
  readonly kind: 'trivialAugment';
  readonly bins: number;
  readonly fill: number;
}

/** Changes an image in place. It must draw all random numbers from `random`, so every run draws the same ones. */
export type CustomAugmentation = (image: Image, random: RandomStream) => void;

/** A random change of each image, drawn again in each epoch. It is plain data or your own function. */
export type Augmentation = RandomCrop | RandomFlip | TrivialAugment | CustomAugmentation;
