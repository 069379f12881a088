import type { ByteImage } from './byte-image.ts';

const { fround } = Math;

/** Where a pixel of the result comes from: `[a, b, c, d, e, f]` of `x = a * x' + b * y' + c`, `y = d * x' + e * y' + f`. */
type Inverse = readonly [number, number, number, number, number, number];

interface Filled {
  /** The value of what comes from outside. */
  readonly fill: number;
  readonly scratch: Uint8Array;
}

/** Shifts rows against each other, or columns; the upper left corner stays. */
export function shear(image: ByteImage, axis: 'x' | 'y', by: number, filled: Filled): void {
  const [cx, cy] = [-image.width / 2, -image.height / 2];
  move(image, axis === 'x' ? [1, by, -by * cy, 0, 1, 0] : [1, 0, 0, by, 1, -by * cx], filled);
}

/** Moves an image by whole pixels, to the right or down. */
export function translate(image: ByteImage, axis: 'x' | 'y', by: number, filled: Filled): void {
  const pixels = Math.trunc(by);
  move(image, axis === 'x' ? [1, 0, -pixels, 0, 1, 0] : [1, 0, 0, 0, 1, -pixels], filled);
}

/** Turns an image about its centre, counter-clockwise. */
export function rotate(image: ByteImage, degrees: number, filled: Filled): void {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  move(image, [cos, -sin, 0, sin, cos, 0], filled);
}

/** Takes the nearest pixel, with coordinates from the centre in float32, as torchvision's `grid_sample`. */
function move(image: ByteImage, inverse: Inverse, { fill, scratch }: Filled): void {
  const { values, height, width, channels } = image;
  scratch.set(values);
  const [a, b, c] = inverse.slice(0, 3).map((one) => fround(fround(one) / fround(0.5 * width)));
  const [d, e, f] = inverse.slice(3).map((one) => fround(fround(one) / fround(0.5 * height)));
  for (let row = 0; row < height; row++) {
    const y = row + 0.5 - height / 2;
    for (let column = 0; column < width; column++) {
      const x = column + 0.5 - width / 2;
      const fromX = nearest(fround(fround(fround(x * a!) + fround(y * b!)) + c!), width);
      const fromY = nearest(fround(fround(fround(x * d!) + fround(y * e!)) + f!), height);
      const isInside = fromX >= 0 && fromX < width && fromY >= 0 && fromY < height;
      const [to, from] = [(row * width + column) * channels, (fromY * width + fromX) * channels];
      for (let channel = 0; channel < channels; channel++)
        values[to + channel] = isInside ? scratch[from + channel]! : fill;
    }
  }
}

/** The index of a coordinate in [-1, 1]; halves go to the even neighbour. */
function nearest(coordinate: number, size: number): number {
  const at = fround(fround(fround(fround(coordinate + 1) * size) - 1) / 2);
  const below = Math.floor(at);
  const rest = at - below;
  if (rest === 0.5) return below + (Math.abs(below) % 2);
  return rest < 0.5 ? below : below + 1;
}
