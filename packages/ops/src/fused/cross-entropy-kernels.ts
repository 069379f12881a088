import * as tf from '@tensorflow/tfjs-core';
import { differentiatedAgain } from '../kernels/differentiated-again.ts';
import { kernelNames } from '../kernels/kernel-names.ts';
import type { OwnKernel } from '../kernels/own-kernel.ts';
import { oneHot } from './one-hot.ts';

interface SparseInputs extends Record<string, tf.Tensor> {
  /** `[rows, classes]` */
  readonly logits: tf.Tensor;
  /** `[rows]`, int32 */
  readonly indices: tf.Tensor;
}

interface DenseInputs extends Record<string, tf.Tensor> {
  /** `[rows, classes]` */
  readonly logits: tf.Tensor;
  /** `[rows, classes]` */
  readonly targets: tf.Tensor;
}

/** Cross-entropy with class indices: one loss per row, and `softmax - one hot`. */
export const sparseCrossEntropyKernel: OwnKernel<SparseInputs> = {
  name: kernelNames.sparseCrossEntropy,
  inputsToSave: ['logits', 'indices'],
  outputsToSave: [false, true],
  composed: ({ logits, indices }) => composed(logits, ones(indices, logits)),
  gradient([dy], saved) {
    const [logits, indices, difference] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    return {
      logits: () =>
        scaleRows(
          differentiatedAgain() ? tf.sub(tf.softmax(logits), ones(indices, logits)) : difference,
          dy!,
        ),
      indices: () => tf.zeros(indices.shape),
    };
  },
};

/**
 * Cross-entropy with a weight for each class: one loss per row, and `softmax - targets`. The attribute `unit` says
 * that each row of the targets sums to 1. Then this difference is the gradient.
 */
export const denseCrossEntropyKernel: OwnKernel<DenseInputs> = {
  name: kernelNames.denseCrossEntropy,
  inputsToSave: ['logits', 'targets'],
  outputsToSave: [false, true],
  composed: ({ logits, targets }) => composed(logits, targets),
  gradient([dy], saved, { unit }) {
    const [logits, targets, known] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const difference = (): tf.Tensor => (differentiatedAgain() ? tf.sub(tf.softmax(logits), targets) : known);
    return {
      logits: () => scaleRows(unit === 1 ? difference() : weighted(difference(), targets), dy!),
      targets: () => scaleRows(tf.neg(tf.logSoftmax(logits)), dy!),
    };
  },
};

function composed(logits: tf.Tensor, targets: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const logProbabilities = tf.logSoftmax(logits);
  const losses = tf.neg(tf.sum(tf.mul(targets, logProbabilities), 1));
  return [losses, tf.sub(tf.exp(logProbabilities), targets)];
}

/** Computes `softmax * sum(targets) - targets` from `softmax - targets`. */
function weighted(difference: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  const mass = tf.sum(targets, 1, true);
  return tf.sub(tf.mul(tf.add(difference, targets), mass), targets);
}

function ones(indices: tf.Tensor, logits: tf.Tensor): tf.Tensor {
  return oneHot(indices, logits.shape[1]!, { on: 1, off: 0 });
}

function scaleRows(matrix: tf.Tensor, factors: tf.Tensor): tf.Tensor {
  return tf.mul(matrix, tf.reshape(factors, [-1, 1]));
}
