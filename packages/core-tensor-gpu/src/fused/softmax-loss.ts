import * as tf from '@tensorflow/tfjs-core';
import { isCompiling } from '../native/ops/compiling.ts';
import { nativeOp } from '../native/ops/native-op.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';

/** With fewer classes or numbers, TensorFlow's op for both loss and gradient takes less time than several ops. */
const FEWEST_CLASSES = 64;
const FEWEST_NUMBERS = 8192;

/**
 * Whether a softmax, for which oneDNN has a kernel, and a few more ops take less time than TensorFlow's op for
 * cross-entropy. On a GPU, TensorFlow does not check the classes of these ops.
 */
export function isQuickerBySoftmax({ shape, size }: tf.Tensor): boolean {
  const checked = !(tf.backend() as NativeBackend).binding.isUsingGpuDevice() && !isCompiling();
  return checked && shape[1]! >= FEWEST_CLASSES && size >= FEWEST_NUMBERS;
}

/**
 * With `p = softmax(x)`, the loss of a row is `(max(x) - x_y) - log(max(p))`: the largest probability is `1 / sum_k
 * exp(x_k - max(x))`. In this order no digits are lost where the logits are large.
 *
 * @returns the losses `[rows]` and `p - one hot`
 */
export function sparseSoftmaxLoss(logits: tf.Tensor, classes: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const rows = logits.shape[0]!;
  const probabilities = tf.softmax(logits);
  const own = nativeOp('GatherV2', [logits, tf.reshape(classes, [rows, 1]), tf.scalar(1, 'int32')], {
    batch_dims: { int: 1 },
    Tparams: { type: 'float32' },
    Tindices: { type: 'int32' },
    Taxis: { type: 'int32' },
  });
  const losses = tf.sub(tf.sub(tf.max(logits, 1, true), own), logOfLargest(probabilities));
  // Made from `own`, so that of a wrong class the gather tells, and not the scatter.
  const ones = nativeOp('OnesLike', [tf.reshape(own, [rows])]);
  const positions = tf.stack([tf.range(0, rows, 1, 'int32'), classes], 1);
  const difference = nativeOp('TensorScatterSub', [probabilities, positions, ones], {
    T: { type: 'float32' },
    Tindices: { type: 'int32' },
  });
  return [tf.reshape(losses, [rows]), difference];
}

/**
 * The same with a weight for each class: `sum_k t_k (max(x) - x_k) - sum(t) log(max(p))`.
 *
 * @param unit - whether the weights of each row sum to 1
 * @returns the losses `[rows]` and `p - targets`
 */
export function denseSoftmaxLoss(
  logits: tf.Tensor,
  targets: tf.Tensor,
  unit: boolean,
): [tf.Tensor, tf.Tensor] {
  const probabilities = tf.softmax(logits);
  // A weight of 0 takes a class away, also where its logit is -Infinity.
  const terms = nativeOp('MulNoNan', [tf.sub(tf.max(logits, 1, true), logits), targets]);
  const log = logOfLargest(probabilities);
  const base = unit ? log : tf.mul(tf.sum(targets, 1, true), log);
  const losses = tf.sub(tf.sum(terms, 1), tf.reshape(base, [logits.shape[0]!]));
  return [losses, tf.sub(probabilities, targets)];
}

const logOfLargest = (probabilities: tf.Tensor): tf.Tensor => tf.log(tf.max(probabilities, 1, true));
