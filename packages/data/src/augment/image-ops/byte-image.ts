/** An image of bytes: rows of pixels, each with one channel, or with red, green and blue. */
export interface ByteImage {
  readonly values: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}
