import * as tf from '@tensorflow/tfjs-core';
import { mapPlace } from './map-place.ts';
import { type Places, pixelsAt, pixelsBack } from './pixels-at.ts';

type Shape4D = tf.Tensor4D['shape'];

/** The input pixels of each output pixel, with their weights: `[batch or 1, places, 1]`. */
type Tap = Places & { readonly weight: tf.Tensor };

/**
 * `tf.image.transform`: applies projective transforms to images.
 *
 * The output pixel (x, y) is the input at ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k) with k = c0 x + c1 y + 1.
 *
 * @param transforms - `[batch or 1, 8]`: a0, a1, a2, b0, b1, b2, c0, c1
 */
export function transformImages(
  images: tf.Tensor4D,
  transforms: tf.Tensor,
  attributes: tf.TransformAttrs,
): tf.Tensor {
  const { taps, finite } = tapsOf(images.shape, transforms, attributes);
  const { fillValue } = attributes;
  const seen = tf.addN(
    taps.map(({ weight, ...places }) => tf.mul(weight, pixelsAt(images, places, fillValue))),
  );
  const shown =
    fillValue === 0
      ? tf.mul(seen, finite)
      : tf.add(tf.mul(seen, finite), tf.mul(tf.sub(1, finite), fillValue));
  return tf.reshape(shown, outputOf(images.shape, attributes));
}

/** The gradient of {@link transformImages} with respect to the images. */
export function transformBack(
  dy: tf.Tensor,
  shape: Shape4D,
  transforms: tf.Tensor,
  attributes: tf.TransformAttrs,
): tf.Tensor {
  const { taps, finite } = tapsOf(shape, transforms, attributes);
  const flowing = tf.mul(tf.reshape(dy, [shape[0], -1, shape[3]]), finite);
  return tf.addN(taps.map(({ weight, ...places }) => pixelsBack(tf.mul(flowing, weight), shape, places)));
}

function outputOf([batch, height, width, channels]: Shape4D, { outputShape }: tf.TransformAttrs): Shape4D {
  const [newHeight, newWidth] = outputShape ?? [height, width];
  return [batch, newHeight, newWidth, channels];
}

/** `finite` is 0 for a position at infinity, which shows nothing. */
function tapsOf(
  shape: Shape4D,
  transforms: tf.Tensor,
  attributes: tf.TransformAttrs,
): { readonly taps: readonly Tap[]; readonly finite: tf.Tensor } {
  const { interpolation, fillMode } = attributes;
  const [, newHeight, newWidth] = outputOf(shape, attributes);
  const grid = (of: (place: number) => number): tf.Tensor =>
    tf.tensor2d(
      Array.from({ length: newHeight * newWidth }, (_, place) => of(place)),
      [1, newHeight * newWidth],
    );
  const [x, y] = [grid((place) => place % newWidth), grid((place) => Math.floor(place / newWidth))];
  const numbers = tf.split(transforms, 8, 1);
  const along = (at: number, constant: tf.Tensor | number): tf.Tensor =>
    tf.add(tf.add(tf.mul(numbers[at]!, x), tf.mul(numbers[at + 1]!, y)), constant);
  const projection = along(6, 1);
  const finite = tf.notEqual(projection, 0);
  const divisor = tf.where(finite, projection, tf.onesLike(projection));
  const mapped = (at: number, size: number): tf.Tensor =>
    mapPlace(tf.div(along(at, numbers[at + 2]!), divisor), size, fillMode);
  const [row, column] = [mapped(3, shape[1]), mapped(0, shape[2])];
  return {
    taps: interpolation === 'nearest' ? nearest(row, column) : between(row, column),
    finite: tf.expandDims(tf.cast(finite, 'float32'), 2),
  };
}

function nearest(row: tf.Tensor, column: tf.Tensor): readonly Tap[] {
  const [rows, columns] = [row, column].map((place) => tf.floor(tf.add(place, 0.5)));
  return [{ rows: rows!, columns: columns!, weight: tf.ones([1, 1, 1]) }];
}

function between(row: tf.Tensor, column: tf.Tensor): readonly Tap[] {
  const sides = (place: tf.Tensor): readonly (readonly [tf.Tensor, tf.Tensor])[] => {
    const lower = tf.floor(place);
    const share = tf.sub(place, lower);
    return [
      [lower, tf.sub(1, share)],
      [tf.add(lower, 1), share],
    ];
  };
  return sides(row).flatMap(([rows, down]) =>
    sides(column).map(([columns, across]) => ({
      rows,
      columns,
      weight: tf.expandDims(tf.mul(down, across), 2),
    })),
  );
}
