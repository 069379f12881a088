import type { ByteImage } from './byte-image.ts';

const { fround } = Math;

/** Darkens (negative) or brightens an image of bytes: `(1 + change) * pixel`. */
export const brightness = (image: ByteImage, change: number): void => blend(image, 1 + change, () => 0);

/** Moves colors towards their grey (negative), or away from it. A grey image stays. */
export function saturation(image: ByteImage, change: number): void {
  if (image.channels === 1) return;
  const grey = greyOf(image);
  blend(image, 1 + change, (pixel) => grey[pixel]!);
}

/** Moves all values towards the mean of the grey image (negative), or away from it. */
export function contrast(image: ByteImage, change: number): void {
  const grey = image.channels === 1 ? image.values : greyOf(image);
  const mean = fround(grey.reduce((sum, one) => sum + one, 0) / grey.length);
  blend(image, 1 + change, () => mean);
}

/** Smooths an image (negative) or sharpens it, against the 3 x 3 filter with a centre of 5. The border has no filter. */
export function sharpness(image: ByteImage, change: number, scratch: Uint8Array): void {
  const { values, height, width, channels } = image;
  if (height <= 2 || width <= 2) return;
  scratch.set(values);
  const row = width * channels;
  for (let at = 0; at < values.length; at++) {
    const y = Math.floor(at / row);
    const x = Math.floor((at % row) / channels);
    const isBorder = y === 0 || y === height - 1 || x === 0 || x === width - 1;
    const smooth = isBorder ? scratch[at]! : smoothed(scratch, at, row, channels);
    values[at] = mixed(1 + change, scratch[at]!, smooth);
  }
}

function smoothed(values: Uint8Array, at: number, row: number, channels: number): number {
  let sum = 4 * values[at]!;
  for (let down = -row; down <= row; down += row)
    for (let right = -channels; right <= channels; right += channels) sum += values[at + down + right]!;
  return Math.round(sum / 13);
}

/** `ratio * image + (1 - ratio) * other`, where `other` has one value for each pixel. */
function blend({ values, channels }: ByteImage, ratio: number, other: (pixel: number) => number): void {
  for (let at = 0; at < values.length; at++)
    values[at] = mixed(ratio, values[at]!, other(Math.floor(at / channels)));
}

/** In float32, cut off to a byte, as torchvision. */
function mixed(ratio: number, one: number, other: number): number {
  const sum = fround(fround(fround(ratio) * one) + fround(fround(1 - ratio) * other));
  return Math.trunc(Math.min(255, Math.max(0, sum)));
}

/** One byte for each pixel, with torchvision's weights of red, green and blue. */
function greyOf({ values, height, width }: ByteImage): Uint8Array {
  const [red, green, blue] = [fround(0.2989), fround(0.587), fround(0.114)];
  return Uint8Array.from({ length: height * width }, (_, pixel) => {
    const at = 3 * pixel;
    const warm = fround(fround(red * values[at]!) + fround(green * values[at + 1]!));
    return Math.trunc(fround(warm + fround(blue * values[at + 2]!)));
  });
}
