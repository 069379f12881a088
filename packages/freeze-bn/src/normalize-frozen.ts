import * as tf from '@tensorflow/tfjs-core';
import { type BatchNormParameters, foldBatchNorm, foldScale, scaleAndShift } from './fold-batch-norm.ts';

export interface FrozenNormalization extends BatchNormParameters {
  readonly epsilon: number;
  /** The axis of the channels, from 0. */
  readonly axis: number;
  /** Whether a gradient with respect to gamma and beta is wanted. */
  readonly trained: { readonly gamma: boolean; readonly beta: boolean };
}

/**
 * Whether TensorFlow.js has a kernel for it: some backends have none for five axes, and take the last axis for that of
 * the channels whatever the shape of the statistics says.
 */
export function hasKernel({ rank }: tf.Tensor, axis: number): boolean {
  return rank <= 4 && axis === rank - 1;
}

/**
 * Normalises with given statistics: the folded scale and shift in one op, to the bit what the model predicts with.
 *
 * Its gradient is `dx = dy * scale`, one pass over the tensor, and nothing at all for what is not trained: `x` itself
 * need not be kept then.
 */
export function normalizeFrozen(x: tf.Tensor, parameters: FrozenNormalization): tf.Tensor {
  const { axis } = parameters;
  return tf.tidy(() => {
    if (hasKernel(x, axis)) return normalizeByKernel(x, parameters);
    if (axis !== x.rank - 1) return scaleAndShift(x, foldBatchNorm(parameters), axis);
    const rows = tf.reshape(x, [-1, x.shape[axis]!]);
    return tf.reshape(normalizeByKernel(rows, parameters), x.shape);
  });
}

/** TensorFlow.js has no gradient for this kernel without gamma or beta, and on most backends a slow one with them. */
function normalizeByKernel(x: tf.Tensor, parameters: FrozenNormalization): tf.Tensor {
  const { mean, variance, gamma, beta, epsilon, trained } = parameters;
  // Outside of the op below, so that a second derivative finds its way to gamma.
  const inverse = foldScale({ mean, variance, epsilon });
  const scale = gamma ? tf.mul(inverse, gamma) : inverse;
  const toGamma = trained.gamma && gamma !== undefined;
  const toBeta = trained.beta && beta !== undefined;
  const normalize = tf.customGrad((...given) => {
    const save = given.at(-1) as tf.GradSaveFunc;
    save(toGamma ? [scale, x, mean, inverse] : [scale]);
    return {
      value: tf.batchNorm(x, mean as Vector, variance as Vector, beta as Vector, gamma as Vector, epsilon),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => [
        tf.mul(dy, saved[0]!),
        ...(toGamma ? [gammaGradient(dy, saved)] : []),
        ...(toBeta ? [sumOverRows(dy)] : []),
      ],
    };
  });
  return normalize(x, ...(toGamma ? [gamma] : []), ...(toBeta ? [beta] : []));
}

type Vector = tf.Tensor1D;

/** `sum(dy * (x - mean)) / sqrt(variance + epsilon)`. */
function gammaGradient(dy: tf.Tensor, saved: readonly tf.Tensor[]): tf.Tensor {
  const [, x, mean, inverse] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  // Tidied, because op by op whatever else is made here would last as long as the whole gradient does.
  return tf.tidy(() => tf.mul(sumOverRows(tf.mul(dy, tf.sub(x, mean))), inverse));
}

/** Over all axes but the last. */
function sumOverRows(x: tf.Tensor): tf.Tensor {
  return tf.sum(
    x,
    x.shape.slice(1).map((_, axis) => axis),
  );
}
