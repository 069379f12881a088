import {
  atLeast,
  CantripError,
  checkArgument,
  integerIn,
  numberIn,
  optional,
  readOptions,
  floatTensorCheck,
} from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { runOwnKernel } from '../kernels/own-kernel.ts';
import { batchNormKernel } from './batch-norm-kernel.ts';

export interface BatchNormTrainingOptions {
  /** Scale, `[channels]`; 1 by default. */
  readonly gamma?: tf.Tensor | undefined;
  /** Offset, `[channels]`; 0 by default. */
  readonly beta?: tf.Tensor | undefined;
  /** Added to the variance, at least 0; 1e-3 by default, as in TensorFlow.js (PyTorch: 1e-5). */
  readonly epsilon?: number | undefined;
  /** The axis of the channels. A negative axis counts from the end. The last axis by default. */
  readonly axis?: number | undefined;
}

export type BatchNormTrainingResult = {
  /** The normalised inputs, in the shape of the inputs. */
  readonly outputs: tf.Tensor;
  /** The batch's mean, `[channels]`. */
  readonly mean: tf.Tensor;
  /** The batch's biased variance, `[channels]`: the mean of the squared deviations. */
  readonly variance: tf.Tensor;
};

/**
 * Batch normalisation with the statistics of the batch. It runs as one kernel, with one kernel for its gradient, if
 * the backend has them, as TensorFlow does. Otherwise it is composed of other ops.
 *
 * `y = (x - mean) / sqrt(variance + epsilon) * gamma + beta`, with mean and variance over all axes except the
 * channel axis. It has gradients with respect to inputs, gamma and beta. In the gradient, mean and variance are
 * constants.
 *
 * The variance is biased (`sum / n`), as in the moving statistics of TensorFlow.js and Keras. PyTorch uses `variance
 * * n / (n - 1)`.
 *
 * @param inputs - float32 of any rank
 * @throws CantripError SHAPE_MISMATCH unless gamma and beta are `[channels]`; OPTION_INVALID for an axis that the
 *   inputs do not have, or an epsilon below 0
 * @example
 * ```ts
 * const { outputs, mean, variance } = batchNormTraining(tf.tensor2d([[1], [3]]), { epsilon: 0 });
 * // outputs [[-1], [1]], mean [2], variance [1]
 * ```
 * @see Ioffe and Szegedy, Batch normalization, https://arxiv.org/abs/1502.03167
 */
export function batchNormTraining(
  inputs: tf.Tensor,
  options: BatchNormTrainingOptions = {},
): BatchNormTrainingResult {
  checkArgument('batchNormTraining', 'inputs', floatTensorCheck, inputs);
  const { epsilon } = readOptions('batchNormTraining', optionChecks, options);
  const { gamma, beta } = options;
  const axis = channelAxis(inputs, options.axis ?? -1);
  const channels = inputs.shape[axis]!;
  for (const [name, parameter] of Object.entries({ gamma, beta })) {
    if (parameter !== undefined) checkShape(name, parameter, channels);
  }
  return tf.tidy(() => {
    const view = channelsLast(inputs, axis);
    const [y, mean, variance] = runOwnKernel(
      batchNormKernel,
      { x: view.tensor, gamma: gamma ?? tf.ones([channels]), beta: beta ?? tf.zeros([channels]) },
      { epsilon },
    ) as [tf.Tensor, tf.Tensor, tf.Tensor];
    return { outputs: view.restore(y), mean, variance };
  });
}

const optionChecks = {
  gamma: optional(floatTensorCheck),
  beta: optional(floatTensorCheck),
  epsilon: optional(numberIn(atLeast(0)), 1e-3),
  axis: optional(integerIn()),
};

interface View {
  /** Four axes, the channels last. */
  readonly tensor: tf.Tensor;
  restore(outputs: tf.Tensor): tf.Tensor;
}

/** Reshapes the inputs for the kernel. Images with channels last, the usual case, stay as they are. */
function channelsLast(inputs: tf.Tensor, axis: number): View {
  const { rank, shape } = inputs;
  if (axis !== rank - 1) {
    const others = [...shape.keys()].filter((other) => other !== axis);
    const order = [...others, axis];
    const inner = channelsLast(tf.transpose(inputs, order), rank - 1);
    const back = [...shape.keys()].map((at) => order.indexOf(at));
    return { tensor: inner.tensor, restore: (outputs) => tf.transpose(inner.restore(outputs), back) };
  }
  if (rank === 4) return { tensor: inputs, restore: (outputs) => outputs };
  const channels = shape[axis]!;
  const rows = inputs.size / channels;
  return {
    tensor: tf.reshape(inputs, [1, rows, 1, channels]),
    restore: (outputs) => tf.reshape(outputs, shape),
  };
}

function channelAxis({ rank, shape }: tf.Tensor, axis: number): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw new CantripError('OPTION_INVALID', {
    who: 'batchNormTraining',
    what: `axis must be one of the axes of the inputs, whose shape is [${shape.join(', ')}], got ${axis}`,
    fix: `Leave axis out for the last axis, or set it to the channel axis: an integer in [${-shape.length}, ${shape.length})`,
  });
}

function checkShape(name: string, { shape }: tf.Tensor, channels: number): void {
  if (shape.length === 1 && shape[0] === channels) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'batchNormTraining',
    what: `${name} must have the shape [${channels}] of the channels, got [${shape.join(', ')}]`,
    fix: 'Pass one number per channel. Set axis if the channels are not on the last axis',
  });
}
