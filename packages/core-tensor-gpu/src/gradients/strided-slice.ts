import * as tf from '@tensorflow/tfjs-core';
import type { Gradient } from './gradient-table.ts';
import { spread } from './spread.ts';

interface StridedSliceAttributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

/** The gradient of a slice with strides of either sign and all masks: what flows back, put where it was taken from. */
export const stridedSliceGradient: Gradient = {
  inputsToSave: ['x'],
  of: ([dy], [x], attributes) => ({
    x: () => {
      const { begin, end, strides, ...masks } = attributes as unknown as StridedSliceAttributes;
      const { beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = masks;
      const taken = tf.slice_util.sliceInfo(
        x!.shape,
        begin,
        end,
        strides,
        beginMask,
        endMask,
        ellipsisMask,
        newAxisMask,
        shrinkAxisMask,
      );
      // Without the new axes, and with those that were dropped.
      const kept = taken.begin.map((from, axis) => count(from, taken.end[axis]!, taken.strides[axis]!));
      let placed = tf.reshape(dy!, kept);
      if (placed.size === 0) return tf.zeros(x!.shape);
      for (const [axis, size] of x!.shape.entries()) {
        placed = place(placed, axis, taken.begin[axis]!, taken.strides[axis]!, size);
      }
      return placed;
    },
  }),
};

function count(from: number, to: number, stride: number): number {
  return Math.max(0, Math.ceil((to - from) / stride));
}

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
