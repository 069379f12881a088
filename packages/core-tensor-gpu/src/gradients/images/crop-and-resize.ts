import * as tf from '@tensorflow/tfjs-core';
import type { Gradient } from '../tape/gradient-table.ts';

/**
 * The gradient of crops with respect to the images and the boxes. For each box, a crop is a product with two
 * matrices of weights: one for the rows and one for the columns. Positions outside the image have weight 0.
 */
export const cropAndResizeGradient: Gradient = {
  inputsToSave: ['image', 'boxes', 'boxInd'],
  of: ([dy], [image, boxes, boxInd], { method, cropSize }) => {
    const [count, height, width, channels] = image!.shape as [number, number, number, number];
    const [newHeight, newWidth] = cropSize as [number, number];
    const nearest = method === 'nearest';
    const rows = (): Weights => weightsOf(boxes!, 0, height, newHeight, nearest);
    const columns = (): Weights => weightsOf(boxes!, 1, width, newWidth, nearest);
    const number = boxes!.shape[0]!;
    const inside = (): tf.Tensor => {
      const within = tf.mul(tf.expandDims(rows().within, 2), tf.expandDims(columns().within, 1));
      return tf.mul(dy!, tf.expandDims(within, 3));
    };
    /**
     * Computes `[boxes, a, b, channels]` from `[boxes, rows, columns, channels]` with the matrices `[boxes, a,
     * rows]` and `[boxes, b, columns]`.
     */
    const between = (x: tf.Tensor, left: tf.Tensor, right: tf.Tensor): tf.Tensor => {
      const [, m, n] = x.shape as [number, number, number];
      const [a, b] = [left.shape[1]!, right.shape[1]!];
      const first = tf.reshape(tf.matMul(left, tf.reshape(x, [number, m, n * channels])), [
        number,
        a,
        n,
        channels,
      ]);
      const turned = tf.reshape(tf.transpose(first, [0, 2, 1, 3]), [number, n, a * channels]);
      return tf.transpose(tf.reshape(tf.matMul(right, turned), [number, b, a, channels]), [0, 2, 1, 3]);
    };
    const flat = (): tf.Tensor1D => tf.cast(boxInd!, 'int32') as tf.Tensor1D;
    return {
      image: () => {
        if (dy!.size === 0) return tf.zeros(image!.shape);
        const turn = (weights: tf.Tensor): tf.Tensor => tf.transpose(weights, [0, 2, 1]);
        const parts = between(inside(), turn(rows().weights), turn(columns().weights));
        const sums = tf.unsortedSegmentSum(tf.reshape(parts, [number, -1]), flat(), count);
        return tf.reshape(sums, image!.shape);
      },
      boxes: () => {
        if (nearest || dy!.size === 0) return tf.zeros(boxes!.shape);
        const images = tf.gather(image!, flat());
        const alongRows = between(images, rows().slopes, columns().weights);
        const alongColumns = between(images, rows().weights, columns().slopes);
        const flowing = inside();
        const toRows = tf.sum(tf.mul(alongRows, flowing), [2, 3]);
        const toColumns = tf.sum(tf.mul(alongColumns, flowing), [1, 3]);
        const { start: y1, end: y2 } = shares(toRows, height, newHeight);
        const { start: x1, end: x2 } = shares(toColumns, width, newWidth);
        return tf.stack([y1, x1, y2, x2], 1);
      },
      boxInd: () => tf.zeros(boxInd!.shape),
    };
  },
};

interface Weights {
  /** `[boxes, new size]`: 1 if the position is inside the image. */
  readonly within: tf.Tensor;
  /** `[boxes, new size, size]` */
  readonly weights: tf.Tensor;
  /** The derivative of the weights with respect to the position. */
  readonly slopes: tf.Tensor;
}

/** @param corner - the index of a box's first coordinate: 0 for rows, 1 for columns */
function weightsOf(
  boxes: tf.Tensor,
  corner: 0 | 1,
  size: number,
  newSize: number,
  nearest: boolean,
): Weights {
  const [start, end] = [corner, corner + 2].map((at) => tf.slice(boxes, [0, at], [-1, 1])) as [
    tf.Tensor,
    tf.Tensor,
  ];
  const last = size - 1;
  const steps = newSize > 1 ? tf.range(0, newSize, 1, 'float32') : tf.tensor1d([0.5]);
  const share = tf.expandDims(newSize > 1 ? tf.div(steps, newSize - 1) : steps, 0);
  const places = tf.mul(tf.add(start, tf.mul(share, tf.sub(end, start))), last);
  const within = tf.cast(tf.logicalAnd(tf.greaterEqual(places, 0), tf.lessEqual(places, last)), 'float32');
  const pixels = tf.reshape(tf.range(0, size, 1, 'float32'), [1, 1, size]);
  const at = tf.expandDims(nearest ? tf.floor(tf.add(places, 0.5)) : places, 2);
  const distance = tf.sub(at, pixels);
  const weights = tf.relu(tf.sub(1, tf.abs(distance)));
  // The pixel at or below the position loses the weight that the next pixel gains.
  const lower = tf.floor(at);
  const isAt = (pixel: tf.Tensor): tf.Tensor => tf.cast(tf.equal(pixel, pixels), 'float32');
  const slopes = tf.sub(isAt(tf.minimum(tf.add(lower, 1), last)), isAt(lower));
  return { within, weights, slopes };
}

/** The gradients of the start and the end of each box, computed from the gradients of its positions. */
function shares(toPlaces: tf.Tensor, size: number, newSize: number): Record<'start' | 'end', tf.Tensor> {
  const share = newSize > 1 ? tf.div(tf.range(0, newSize, 1, 'float32'), newSize - 1) : tf.tensor1d([0.5]);
  const scaled = tf.mul(toPlaces, size - 1);
  return { start: tf.sum(tf.mul(scaled, tf.sub(1, share)), 1), end: tf.sum(tf.mul(scaled, share), 1) };
}
