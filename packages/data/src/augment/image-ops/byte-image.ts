import type { Image } from '../augmentation.ts';

/** An image of bytes with one channel, or with red, green and blue. */
export interface ByteImage extends Image {
  readonly values: Uint8Array;
}
