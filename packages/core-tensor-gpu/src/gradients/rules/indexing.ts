import * as tf from '@tensorflow/tfjs-core';
import type { GradientTable } from '../tape/gradient-table.ts';

/** Integers as a constant of the computation. */
const whole = (values: readonly number[], shape?: number[]): tf.Tensor =>
  tf.tensor([...values], shape, 'int32');

/**
 * Gradients of ops that read or write at indices:
 *
 * - `gather` with several batch axes: tfjs-core's gradient is wrong.
 * - Segment sums with segments beyond the last one: tfjs-core's gradient reads beyond the end.
 * - Ops that read slices at given positions, and ops that write them: each is the gradient of the other.
 * - `topk`: the values have a gradient. Their indices are integers and have none.
 */
export const indexingGradients: GradientTable = {
  [tf.GatherV2]: {
    inputsToSave: ['x', 'indices'],
    of: ([dy], [x, indices], { axis, batchDims }) => ({
      x: () => gatherGradient(dy!, x!, indices!, axis as number, (batchDims as number | undefined) ?? 0),
      indices: () => tf.zeros(indices!.shape),
    }),
  },
  [tf.GatherNd]: {
    inputsToSave: ['params', 'indices'],
    of: ([dy], [params, indices]) => ({
      params: () => tf.scatterND(indices!, dy!, params!.shape as [number]),
      indices: () => tf.zeros(indices!.shape),
    }),
  },
  [tf.ScatterNd]: {
    inputsToSave: ['indices'],
    of: ([dy], [indices]) => ({
      updates: () => tf.gatherND(dy!, indices!),
      indices: () => tf.zeros(indices!.shape),
    }),
  },
  [tf.TensorScatterUpdate]: {
    inputsToSave: ['indices', 'updates'],
    of: ([dy], [indices, updates]) => ({
      tensor: () => tf.tensorScatterUpdate(dy!, indices!, tf.zerosLike(updates!)),
      updates: () => tf.gatherND(dy!, indices!),
      indices: () => tf.zeros(indices!.shape),
    }),
  },
  [tf.UnsortedSegmentSum]: {
    inputsToSave: ['segmentIds'],
    of: ([dy], [segmentIds], { numSegments }) => ({
      x: () => {
        const last = (numSegments as number) - 1;
        const ids = segmentIds as tf.Tensor1D;
        const picked = tf.gather(
          dy!,
          tf.maximum(tf.minimum(ids, tf.scalar(last, 'int32')), tf.scalar(0, 'int32')) as tf.Tensor1D,
        );
        // Slices that were left out have no gradient.
        const counted = tf.logicalAnd(tf.greaterEqual(ids, 0), tf.lessEqual(ids, last));
        return tf.mul(
          picked,
          tf.reshape(tf.cast(counted, 'float32'), [-1, ...dy!.shape.slice(1).map(() => 1)]),
        );
      },
      segmentIds: () => tf.zeros(segmentIds!.shape),
    }),
  },
  [tf.TopK]: {
    inputsToSave: ['x'],
    outputsToSave: [false, true],
    of: ([dy], [x, indices]) => ({
      x: () => {
        const classes = x!.shape.at(-1)!;
        const k = indices!.shape.at(-1)!;
        if (indices!.size === 0) return tf.zeros(x!.shape);
        const starts = whole(Array.from({ length: x!.size / classes }, (_, row) => row * classes));
        const places = tf.add(tf.reshape(indices!, [-1, k]), tf.expandDims(starts, 1));
        const sums = tf.unsortedSegmentSum(
          tf.reshape(dy!, [-1]),
          tf.reshape(places, [-1]) as tf.Tensor1D,
          x!.size,
        );
        return tf.reshape(sums, x!.shape);
      },
    }),
  },
};

/**
 * Sums the gradients of gathered values at their source. `x` is reshaped to `[batch, outer, size, inner]`, and the
 * gradient to `[batch, outer, indices, inner]`. One segment sum handles all batches, with separate segments for
 * each.
 */
function gatherGradient(
  dy: tf.Tensor,
  { shape, rank }: tf.Tensor,
  indices: tf.Tensor,
  axis: number,
  batchDims: number,
): tf.Tensor {
  if (dy.size === 0) return tf.zeros(shape);
  const at = axis < 0 ? axis + rank : axis;
  const common = batchDims < 0 ? batchDims + indices.rank : batchDims;
  const product = (from: number, to?: number): number => tf.util.sizeFromShape(shape.slice(from, to));
  const [batch, outer, size, inner] = [product(0, common), product(common, at), shape[at]!, product(at + 1)];
  const picked = indices.size / batch;
  const rowsOf = (values: tf.Tensor): tf.Tensor => tf.reshape(values, [batch * picked, outer * inner]);
  if (batch * outer === 1)
    return tf.reshape(tf.unsortedSegmentSum(rowsOf(dy), segments(indices, batch, size), size), shape);
  const flowing = tf.reshape(dy, [batch, outer, picked, inner]);
  const rows = rowsOf(tf.transpose(flowing, [0, 2, 1, 3]));
  const sums = tf.unsortedSegmentSum(rows, segments(indices, batch, size), batch * size);
  const back = tf.transpose(tf.reshape(sums, [batch, size, outer, inner]), [0, 2, 1, 3]);
  return tf.reshape(back, shape);
}

function segments(indices: tf.Tensor, batch: number, size: number): tf.Tensor1D {
  const flat = tf.reshape(indices, [-1]) as tf.Tensor1D;
  if (batch === 1) return flat;
  const starts = whole(
    Array.from({ length: batch }, (_, i) => i * size),
    [batch, 1],
  );
  return tf.reshape(tf.add(tf.reshape(indices, [batch, -1]), starts), [-1]);
}
