import * as tf from '@tensorflow/tfjs-core';
import type { Gradient, GradientTable } from '../tape/gradient-table.ts';

/** Sums or means of table rows by segment. */
function ofSegments(mean: boolean): Gradient {
  return {
    inputsToSave: ['data', 'indices', 'segmentIds'],
    of: ([dy], [data, indices, segmentIds]) => {
      const ids = segmentIds as tf.Tensor1D;
      const share = (): tf.Tensor => {
        if (!mean) return dy!;
        const counts = tf.unsortedSegmentSum(tf.ones([ids.size]), ids, dy!.shape[0]!);
        return tf.div(dy!, tf.reshape(tf.maximum(counts, 1), [-1, ...dy!.shape.slice(1).map(() => 1)]));
      };
      return {
        data: () => tf.unsortedSegmentSum(tf.gather(share(), ids), indices as tf.Tensor1D, data!.shape[0]!),
        indices: () => tf.zeros(indices!.shape),
        segmentIds: () => tf.zeros(ids.shape),
      };
    },
  };
}

/** Ops on sparse tensors, which are given by the positions and values of their nonzero elements. */
export const sparseGradients: GradientTable = {
  [tf.SparseSegmentSum]: ofSegments(false),
  [tf.SparseSegmentMean]: ofSegments(true),
  [tf.SparseToDense]: {
    inputsToSave: ['sparseIndices', 'sparseValues', 'defaultValue'],
    of: ([dy], [sparseIndices, sparseValues, defaultValue]) => {
      const picked = (): tf.Tensor => {
        const { rank, size } = sparseIndices!;
        return tf.gatherND(dy!, rank === 2 ? sparseIndices! : tf.reshape(sparseIndices!, [size, 1]));
      };
      return {
        sparseIndices: () => tf.zeros(sparseIndices!.shape),
        sparseValues: () =>
          sparseValues!.size === 1
            ? tf.reshape(tf.sum(picked()), sparseValues!.shape)
            : tf.reshape(picked(), sparseValues!.shape),
        defaultValue: () => tf.reshape(tf.sub(tf.sum(dy!), tf.sum(picked())), defaultValue!.shape),
      };
    },
  },
};
