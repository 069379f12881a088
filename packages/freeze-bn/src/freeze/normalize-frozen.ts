import * as tf from '@tensorflow/tfjs-core';
import {
  alongAxis,
  type BatchNormParameters,
  type FoldedBatchNorm,
  foldParameters,
  foldScale,
  scaleAndShift,
} from './fold-batch-norm.ts';
import { normalizeByOneOp } from './one-op-gradient.ts';

export interface FrozenNormalization extends BatchNormParameters {
  readonly epsilon: number;
  /** The axis of the channels, from 0. */
  readonly axis: number;
  /** Whether to compute a gradient for gamma and beta. */
  readonly trained: { readonly gamma: boolean; readonly beta: boolean };
  /** Scale and shift, if they are already computed. */
  readonly folded?: FoldedBatchNorm | undefined;
}

/**
 * Whether the kernel of TensorFlow.js can be used. Some backends have none for five axes, and always use the last
 * axis as the channel axis.
 */
export function hasKernel({ rank }: tf.Tensor, axis: number): boolean {
  return rank <= 4 && axis === rank - 1;
}

/**
 * Normalises with given statistics. It uses the kernel of `model.predict`, for the same bits. On wasm it computes `x
 * * scale + shift`, which is faster there and may differ by rounding.
 *
 * The gradient is `dx = dy * scale`, one pass over the tensor. Frozen parameters need no gradient, so `x` is not
 * saved for them.
 */
export function normalizeFrozen(x: tf.Tensor, parameters: FrozenNormalization): tf.Tensor {
  const { axis, gamma, beta, trained } = parameters;
  const toGamma = trained.gamma && gamma !== undefined;
  const toBeta = trained.beta && beta !== undefined;
  const normalize = toGamma || toBeta ? normalizeTrained : normalizeConstant;
  const given = { ...parameters, trained: { gamma: toGamma, beta: toBeta } };
  return tf.tidy(() => {
    if (axis !== x.rank - 1 || hasKernel(x, axis)) return normalize(x, given);
    const rows = tf.reshape(x, [-1, x.shape[axis]!]);
    return tf.reshape(normalize(rows, { ...given, axis: 1 }), x.shape);
  });
}

/** For frozen gamma and beta. */
function normalizeConstant(x: tf.Tensor, parameters: FrozenNormalization): tf.Tensor {
  const { axis } = parameters;
  const byKernel = usesKernel(x, axis);
  const scale = parameters.folded?.scale ?? foldScale(parameters);
  const along = alongAxis(x, axis);
  const normalize = tf.customGrad((...given) => {
    const save = given.at(-1) as tf.GradSaveFunc;
    save([along(scale)]);
    const value = byKernel
      ? kernel(x, parameters)
      : scaleAndShift(x, parameters.folded ?? foldParameters(parameters), axis);
    return { value, gradFunc: (dy: tf.Tensor, [factor]: tf.Tensor[]) => [tf.mul(dy, factor!)] };
  });
  return normalize(x);
}

/** For trained gamma or beta. The gradient of TensorFlow.js needs both, and is slow on most backends. */
function normalizeTrained(x: tf.Tensor, parameters: FrozenNormalization): tf.Tensor {
  const { mean, variance, gamma, beta, epsilon, axis, trained } = parameters;
  if (axis !== x.rank - 1) return scaleAndShift(x, foldParameters(parameters), axis);
  const inOneOp =
    trained.gamma && trained.beta && normalizeByOneOp(x, { mean, variance, gamma, beta, epsilon });
  if (inOneOp) return inOneOp;
  // Outside the op below, so that second derivatives reach gamma.
  const inverse = foldScale({ mean, variance, epsilon });
  const scale = gamma ? tf.mul(inverse, gamma) : inverse;
  const normalize = tf.customGrad((...given) => {
    const save = given.at(-1) as tf.GradSaveFunc;
    save(trained.gamma ? [scale, x, mean, inverse] : [scale]);
    return {
      value: usesKernel(x, axis) ? kernel(x, parameters) : scaleAndShift(x, foldParameters(parameters), axis),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => [
        tf.mul(dy, saved[0]!),
        ...(trained.gamma ? [gammaGradient(dy, saved)] : []),
        ...(trained.beta ? [sumOverRows(dy)] : []),
      ],
    };
  });
  return normalize(x, ...(trained.gamma ? [gamma!] : []), ...(trained.beta ? [beta!] : []));
}

/** On wasm its kernel takes longer than the multiplication and the addition (tools/benchmarks/programs/freeze-bn-times.ts). */
function usesKernel(x: tf.Tensor, axis: number): boolean {
  return hasKernel(x, axis) && tf.getBackend() !== 'wasm';
}

function kernel(x: tf.Tensor, { mean, variance, gamma, beta, epsilon }: FrozenNormalization): tf.Tensor {
  return tf.batchNorm(x, mean as Vector, variance as Vector, beta as Vector, gamma as Vector, epsilon);
}

type Vector = tf.Tensor1D;

/** `sum(dy * (x - mean)) / sqrt(variance + epsilon)`. */
function gammaGradient(dy: tf.Tensor, saved: readonly tf.Tensor[]): tf.Tensor {
  const [, x, mean, inverse] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  // In a tidy, because intermediate tensors would otherwise stay until the whole gradient is done.
  return tf.tidy(() => tf.mul(sumOverRows(tf.mul(dy, tf.sub(x, mean))), inverse));
}

/** The sum over all axes except the last. */
function sumOverRows(x: tf.Tensor): tf.Tensor {
  return tf.sum(
    x,
    x.shape.slice(1).map((_, axis) => axis),
  );
}
