import * as tf from '@tensorflow/tfjs-core';
import type { GradientTable } from '../tape/gradient-table.ts';

/**
 * Gradients of ops that change the shape:
 *
 * - `tile` of any rank: tfjs-core supports at most four axes, and adds one repetition at a time.
 * - `split` into one part: tfjs-core throws.
 * - `mirrorPad`: tfjs-core ignores the gradient of the mirrored values.
 * - `depthToSpace`: tfjs-core has no gradient.
 */
export const shapingGradients: GradientTable = {
  [tf.Tile]: {
    inputsToSave: ['x'],
    of: ([dy], [x], { reps }) => ({ x: () => addUpRepetitions(dy!, x!, reps as number[]) }),
  },
  [tf.SplitV]: {
    of: (dys, _, { axis }) => ({ x: () => tf.concat([...dys], axis as number) }),
  },
  [tf.Unpack]: {
    of: (dys, _, { axis }) => ({ value: () => tf.stack([...dys], axis as number) }),
  },
  [tf.MirrorPad]: {
    inputsToSave: ['x'],
    of: ([dy], [x], { paddings, mode }) => ({
      x: () =>
        (paddings as [number, number][]).reduce(
          (folded, padding, axis) => foldMirror(folded, axis, padding, x!.shape[axis]!, mode === 'reflect'),
          dy!,
        ),
    }),
  },
  [tf.DepthToSpace]: {
    of: ([dy], _, { blockSize, dataFormat }) => ({
      x: () => {
        if (dataFormat !== 'NCHW') return spaceToDepth(dy!, blockSize as number);
        const depth = spaceToDepth(tf.transpose(dy!, [0, 2, 3, 1]), blockSize as number);
        return tf.transpose(depth, [0, 3, 1, 2]);
      },
    }),
  },
};

/** Sums one axis at a time, as `[before, repetitions, behind]`, so that no device needs many axes. */
function addUpRepetitions(dy: tf.Tensor, { shape }: tf.Tensor, reps: readonly number[]): tf.Tensor {
  if (dy.size === 0) return tf.zeros(shape);
  let sum = dy;
  for (const [axis, size] of shape.entries()) {
    const count = reps[axis]!;
    if (count === 1) continue;
    const outer = tf.util.sizeFromShape(sum.shape.slice(0, axis));
    const rest = tf.util.sizeFromShape(sum.shape.slice(axis + 1));
    const added = tf.sum(tf.reshape(sum, [outer, count, size * rest]), 1);
    sum = tf.reshape(added, [...sum.shape.slice(0, axis), size, ...sum.shape.slice(axis + 1)]);
  }
  return sum === dy ? tf.clone(dy) : sum;
}

/** Adds the mirrored values at both ends of an axis to the values that they mirror. */
function foldMirror(
  dy: tf.Tensor,
  axis: number,
  [before, after]: readonly [number, number],
  size: number,
  withoutEdge: boolean,
): tf.Tensor {
  const part = (start: number, length: number): tf.Tensor =>
    tf.slice(
      dy,
      dy.shape.map((_, at) => (at === axis ? start : 0)),
      dy.shape.map((all, at) => (at === axis ? length : all)),
    );
  const image = (start: number, length: number, at: number): tf.Tensor =>
    tf.pad(
      tf.reverse(part(start, length), axis),
      dy.shape.map((_, other) => (other === axis ? [at, size - at - length] : [0, 0])),
    );
  const edge = withoutEdge ? 1 : 0;
  let folded = part(before, size);
  if (before > 0) folded = tf.add(folded, image(0, before, edge));
  if (after > 0) folded = tf.add(folded, image(before + size, after, size - edge - after));
  return folded;
}

/**
 * Converts `[batch, height, width, channels]` to `[batch, height / block, width / block, block * block * channels]`.
 */
function spaceToDepth(x: tf.Tensor, block: number): tf.Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [rows, columns] = [height / block, width / block];
  const blocks = tf.reshape(x, [batch * rows, block, columns, block * channels]);
  return tf.reshape(tf.transpose(blocks, [0, 2, 1, 3]), [batch, rows, columns, block * block * channels]);
}
