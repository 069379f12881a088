import { CantripError, checkArgument, optional, readOptions, tensorCheck } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { runOwnKernel } from '../kernels/own-kernel.ts';
import { denseCrossEntropyKernel, sparseCrossEntropyKernel } from './cross-entropy-kernels.ts';
import { oneHot } from './one-hot.ts';

export interface SoftmaxCrossEntropyWithLogitsOptions {
  /** The share of the target that is spread evenly over all classes, in [0, 1); 0 by default. */
  readonly smoothing?: number | undefined;
}

/**
 * Softmax cross-entropy of each example. It runs as one kernel that computes loss and gradient if the backend has
 * it, as TensorFlow does. Otherwise it is composed of other ops.
 *
 * `-sum_k t_k * log_softmax(logits)_k` with `t_k = (1 - smoothing) * targets_k + smoothing / K`.
 *
 * The gradient is also correct for weights that do not sum to 1, and with respect to float targets.
 *
 * This is the op behind `softmaxCrossEntropy` of `@cantrip/trainer`, for your own losses and plugins. In your own
 * loop, use `crossEntropy` of `@cantrip/label-smoothing`, which returns a mean and has more options.
 *
 * @param logits - `[…, K]`
 * @param targets - class indices in [0, K), int32 `[…]`; or a weight for each class, `[…, K]`
 * @returns the losses, `[…]`. An index outside [0, K) is an error on the TensorFlow device, NaN on a GPU, and a loss
 *   without its target on other devices
 * @throws CantripError SHAPE_MISMATCH; DTYPE_MISMATCH for indices that are not int32; OPTION_INVALID
 * @example
 * ```ts
 * softmaxCrossEntropyWithLogits(tf.tensor2d([[0, 0], [2, 0]]), tf.tensor1d([1, 0], 'int32')); // [0.6931, 0.1269]
 * ```
 * @see Szegedy et al., Rethinking the Inception architecture, https://arxiv.org/abs/1512.00567, for the smoothing
 */
export function softmaxCrossEntropyWithLogits(
  logits: tf.Tensor,
  targets: tf.Tensor,
  options: SoftmaxCrossEntropyWithLogitsOptions = {},
): tf.Tensor {
  const who = 'softmaxCrossEntropyWithLogits';
  checkArgument(who, 'logits', tensorCheck, logits);
  checkArgument(who, 'targets', tensorCheck, targets);
  const { smoothing } = readOptions(who, optionChecks, options);
  const sparse = areIndices(logits, targets);
  return tf.tidy(() => {
    const classes = logits.shape.at(-1)!;
    const count = logits.size / classes;
    const rows = inShape(logits, [count, classes]);
    const losses = sparse
      ? withIndices(rows, inShape(targets, [count]), smoothing)
      : withWeights(rows, inShape(tf.cast(targets, 'float32'), [count, classes]), smoothing);
    return inShape(losses, logits.shape.slice(0, -1));
  });
}

const optionChecks = {
  smoothing: optional<number>(
    (value) =>
      typeof value === 'number' && value >= 0 && value < 1 ? undefined : 'must be a number in [0, 1)',
    0,
  ),
};

/** Reshapes a tensor, without an op if it already has the shape. */
function inShape(tensor: tf.Tensor, shape: number[]): tf.Tensor {
  return tf.util.arraysEqual(tensor.shape, shape) ? tensor : tf.reshape(tensor, shape);
}

function withIndices(logits: tf.Tensor, indices: tf.Tensor, smoothing: number): tf.Tensor {
  if (smoothing === 0) return runOwnKernel(sparseCrossEntropyKernel, { logits, indices })[0]!;
  const classes = logits.shape[1]!;
  const rest = smoothing / classes;
  // This takes two ops and one more matrix. Log-probabilities would take more, because the kernel for indices does
  // not return them.
  const targets = oneHot(indices, classes, { on: 1 - smoothing + rest, off: rest });
  return runOwnKernel(denseCrossEntropyKernel, { logits, targets }, { unit: 1 })[0]!;
}

function withWeights(logits: tf.Tensor, weights: tf.Tensor, smoothing: number): tf.Tensor {
  const classes = logits.shape[1]!;
  const targets = smoothing === 0 ? weights : tf.add(tf.mul(weights, 1 - smoothing), smoothing / classes);
  return runOwnKernel(denseCrossEntropyKernel, { logits, targets })[0]!;
}

function areIndices(logits: tf.Tensor, targets: tf.Tensor): boolean {
  if (logits.rank > 0 && tf.util.arraysEqual(targets.shape, logits.shape)) return false;
  if (logits.rank === 0 || !tf.util.arraysEqual(targets.shape, logits.shape.slice(0, -1))) {
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'softmaxCrossEntropyWithLogits',
      what: `targets of shape [${targets.shape.join(', ')}] do not match logits of shape [${logits.shape.join(', ')}]`,
      fix: 'Pass class indices in the shape of the logits without the last axis, or a weight for each class',
    });
  }
  if (targets.dtype === 'int32') return true;
  throw new CantripError('DTYPE_MISMATCH', {
    who: 'softmaxCrossEntropyWithLogits',
    what: `targets of shape [${targets.shape.join(', ')}] are class indices and must be int32, got ${targets.dtype}`,
    fix: "Convert them with tf.cast(targets, 'int32'), or pass a weight for each class",
  });
}
