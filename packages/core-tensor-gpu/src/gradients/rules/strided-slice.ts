import * as tf from '@tensorflow/tfjs-core';
import { type StridedSliceAttributes, takenSlice } from '../../geometry/taken-slice.ts';
import type { Gradient } from '../tape/gradient-table.ts';
import { spread } from './spread.ts';

/**
 * The gradient of a strided slice, for strides of either sign and all masks. It writes the gradient to the positions
 * that the slice read.
 */
export const stridedSliceGradient: Gradient = {
  inputsToSave: ['x'],
  of: ([dy], [x], attributes) => ({
    x: () => {
      const taken = takenSlice(x!.shape, attributes as unknown as StridedSliceAttributes);
      let placed = tf.reshape(dy!, [...taken.counts]);
      if (placed.size === 0) return tf.zeros(x!.shape);
      for (const [axis, size] of x!.shape.entries()) {
        placed = place(placed, axis, taken.begin[axis]!, taken.strides[axis]!, size);
      }
      return placed;
    },
  }),
};

function place(x: tf.Tensor, axis: number, from: number, stride: number, size: number): tf.Tensor {
  const n = x.shape[axis]!;
  const first = stride < 0 ? from + (n - 1) * stride : from;
  const spreadOut = spread(stride < 0 && n > 1 ? tf.reverse(x, axis) : x, axis, Math.abs(stride));
  const after = size - first - spreadOut.shape[axis]!;
  if (first === 0 && after === 0) return spreadOut;
  return tf.pad(
    spreadOut,
    x.shape.map((_, at) => (at === axis ? [first, after] : [0, 0])),
  );
}
