import * as tf from '@tensorflow/tfjs-core';
import type { FusedKernel } from './fused-kernel.ts';
import { differentiatedAgain, type NativeAttribute, nativeOps, onNativeDevice } from './native-op.ts';

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

/** Cross-entropy with class indices: a loss for each row, and `softmax - one hot`. */
export const sparseCrossEntropyKernel: FusedKernel<SparseInputs> = {
  name: 'CantripSparseCrossEntropy',
  inputsToSave: ['logits', 'indices'],
  outputsToSave: [false, true],
  native: ({ logits, indices }) =>
    nativeOps(
      'SparseSoftmaxCrossEntropyWithLogits',
      [logits, indices],
      { ...float, Tlabels: { type: 'int32' } },
      2,
    ),
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
 * Cross-entropy with a weight for each class: a loss for each row, and `softmax - targets`.
 *
 * With the attribute `unit`, each row of the targets is known to sum to 1, and that difference is the gradient.
 */
export const denseCrossEntropyKernel: FusedKernel<DenseInputs> = {
  name: 'CantripDenseCrossEntropy',
  inputsToSave: ['logits', 'targets'],
  outputsToSave: [false, true],
  native: ({ logits, targets }) => nativeOps('SoftmaxCrossEntropyWithLogits', [logits, targets], float, 2),
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

const float: Readonly<Record<string, NativeAttribute>> = { T: { type: 'float32' } };

function composed(logits: tf.Tensor, targets: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const logProbabilities = tf.logSoftmax(logits);
  const losses = tf.neg(tf.sum(tf.mul(targets, logProbabilities), 1));
  return [losses, tf.sub(tf.exp(logProbabilities), targets)];
}

/** `softmax * sum(targets) - targets`, from `softmax - targets`. */
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

/** `[rows, classes]` of float32: `on` at each row's index and `off` elsewhere. */
export function oneHot(
  indices: tf.Tensor,
  classes: number,
  { on, off }: { readonly on: number; readonly off: number },
): tf.Tensor {
  if (onNativeDevice()) return tf.oneHot(indices as tf.Tensor1D, classes, on, off, 'float32');
  // wasm makes integers, whatever is asked for.
  const ones = tf.cast(tf.oneHot(indices as tf.Tensor1D, classes), 'float32');
  return off === 0 && on === 1 ? ones : tf.add(tf.mul(ones, on - off), off);
}
