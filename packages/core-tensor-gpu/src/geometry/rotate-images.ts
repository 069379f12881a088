import * as tf from '@tensorflow/tfjs-core';
import { type Places, pixelsAt, pixelsBack } from './pixels-at.ts';

type Shape4D = tf.Tensor4D['shape'];

/** `tf.image.rotateWithOffset`: each output pixel is the nearest input pixel before the rotation. */
export function rotateImages(images: tf.Tensor4D, attributes: tf.RotateWithOffsetAttrs): tf.Tensor {
  const { shape } = images;
  const [, height, width, channels] = shape;
  const { fillValue } = attributes;
  const sources = sourcesOf(shape, attributes);
  const seen = pixelsAt(images, placesOf(sources));
  // For a fill colour, the fourth channel stays opaque.
  const fills = Array.from({ length: channels }, (_, channel) =>
    typeof fillValue === 'number' ? fillValue : (fillValue[channel] ?? 255),
  );
  if (fills.every((fill) => fill === 0)) return tf.reshape(seen, shape);
  const inside = ([row, column]: Source): boolean =>
    row >= 0 && row < height && column >= 0 && column < width;
  const background = tf.tensor3d(
    sources.flatMap((source) => fills.map((fill) => (inside(source) ? 0 : fill))),
    [1, sources.length, channels],
  );
  return tf.reshape(tf.add(seen, background), shape);
}

/** The gradient of {@link rotateImages} with respect to the images. */
export function rotateBack(dy: tf.Tensor, shape: Shape4D, attributes: tf.RotateWithOffsetAttrs): tf.Tensor {
  const flowing = tf.reshape(dy, [shape[0], -1, shape[3]]);
  return pixelsBack(flowing, shape, placesOf(sourcesOf(shape, attributes)));
}

type Source = readonly [row: number, column: number];

function sourcesOf([, height, width]: Shape4D, { radians, center }: tf.RotateWithOffsetAttrs): Source[] {
  const [centerX, centerY] = tf.backend_util.getImageCenter(center, height, width);
  const [sine, cosine] = [Math.sin(radians), Math.cos(radians)];
  return Array.from({ length: height * width }, (_, place) => {
    const [x, y] = [(place % width) - centerX, Math.floor(place / width) - centerY];
    return [Math.round(x * sine + y * cosine + centerY), Math.round(x * cosine - y * sine + centerX)];
  });
}

function placesOf(sources: readonly Source[]): Places {
  const numbers = (at: 0 | 1): tf.Tensor =>
    tf.tensor2d(
      sources.map((source) => source[at]),
      [1, sources.length],
    );
  return { rows: numbers(0), columns: numbers(1) };
}
