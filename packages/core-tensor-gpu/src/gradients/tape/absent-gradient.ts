import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';

const complex = {
  why: 'TensorFlow.js carries float32 gradients only',
  fix: 'Use real products with sines and cosines, by tf.matMul',
};
const ragged = {
  why: 'the shape of its result depends on values',
  fix: 'Use tf.gather, tf.scatterND or tf.unsortedSegmentSum',
};
const places = {
  why: 'it gives places',
  fix: 'Use these places with tf.gather, outside of what is differentiated',
};
const counts = {
  why: 'it counts',
  fix: 'Use tf.sum of tf.oneHot, times the weights',
};

/** Why kernels have none, and what does instead. */
const reasons: Readonly<Record<string, { readonly why: string; readonly fix: string }>> = {
  [tf.Bincount]: counts,
  [tf.Complex]: complex,
  [tf.DenseBincount]: counts,
  [tf.FFT]: complex,
  [tf.IFFT]: complex,
  [tf.Imag]: complex,
  [tf.NonMaxSuppressionV3]: places,
  [tf.NonMaxSuppressionV4]: places,
  [tf.NonMaxSuppressionV5]: places,
  [tf.RaggedGather]: ragged,
  [tf.RaggedRange]: ragged,
  [tf.RaggedTensorToTensor]: ragged,
  [tf.Real]: complex,
  [tf.SparseFillEmptyRows]: ragged,
  [tf.SparseReshape]: ragged,
  'Transform of transforms': {
    why: 'TensorFlow gives one for the images alone',
    fix: 'Differentiate with respect to the images, or sample with tf.gather',
  },
  [tf.Unique]: {
    why: 'which values it gives depends on values',
    fix: 'Use tf.gather with the first places of these values',
  },
};

/** The error for a kernel that is differentiated and can't be. */
export function absentGradient(kernel: string): CantripError {
  const { why, fix } = reasons[kernel] ?? {
    why: 'TensorFlow.js has none for it',
    fix: 'Compute it outside of what is differentiated, or use tf.customGrad',
  };
  return new CantripError('OP_NO_GRADIENT', { who: kernel, what: `has no gradient, because ${why}`, fix });
}
