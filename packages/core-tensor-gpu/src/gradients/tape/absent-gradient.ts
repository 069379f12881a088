import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';

const ragged = {
  why: 'the shape of its result depends on values',
  fix: 'Use tf.gather, tf.scatterND or tf.unsortedSegmentSum',
};
const places = {
  why: 'it returns indices',
  fix: 'Use the indices with tf.gather, outside the function that is differentiated',
};
const counts = {
  why: 'it counts',
  fix: 'Use tf.sum of tf.oneHot, times the weights',
};

/** Why kernels have no gradient, and what to use instead. */
const reasons: Readonly<Record<string, { readonly why: string; readonly fix: string }>> = {
  [tf.Bincount]: counts,
  [tf.DenseBincount]: counts,
  [tf.NonMaxSuppressionV3]: places,
  [tf.NonMaxSuppressionV4]: places,
  [tf.NonMaxSuppressionV5]: places,
  [tf.RaggedGather]: ragged,
  [tf.RaggedRange]: ragged,
  [tf.RaggedTensorToTensor]: ragged,
  [tf.SparseFillEmptyRows]: ragged,
  [tf.SparseReshape]: ragged,
  'Transform of transforms': {
    why: 'TensorFlow has one for the images only',
    fix: 'Differentiate with respect to the images, or sample with tf.gather',
  },
  [tf.Unique]: {
    why: 'it selects values by comparing them',
    fix: 'Use tf.gather with the first indices of these values',
  },
};

/** The error for a kernel without a gradient that is differentiated. */
export function absentGradient(kernel: string): CantripError {
  const { why, fix } = reasons[kernel] ?? {
    why: 'TensorFlow.js has none for it',
    fix: 'Compute it outside the function that is differentiated, or use tf.customGrad',
  };
  return new CantripError('OP_NO_GRADIENT', { who: kernel, what: `has no gradient, because ${why}`, fix });
}
