import { differentiatedAgain, hasKernel, kernelNames, sparseCrossEntropyParts } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import { complement, type PerClass, product, total } from '../smoothing/per-class.ts';
import { type ClassEntries, ofOwnClass } from './class-entries.ts';
import { factorsToSave } from './factors-to-save.ts';

export interface SoftmaxTerms {
  /** The share of the label to spread, for each class. */
  readonly share: PerClass;
  /** The distribution to spread it over; sums to 1. */
  readonly prior: PerClass;
  /** Class weights. */
  readonly weights: PerClass;
}

/**
 * Cross-entropy of logits `[N, K]` with smoothed class indices, one loss for each row.
 *
 * y is the class of a row, s its share, w the class weights, u the prior, and `logp = log_softmax(logits)`. The loss
 * is:
 *
 *     (1 - s_y) w_y (-logp_y) + s_y sum_k w_k u_k (-logp_k)
 *
 * The gradient is `(own + s_y sum(w u)) softmax - s_y w u`, minus `own = (1 - s_y) w_y` at y. The only matrices `[N,
 * K]` saved for the gradient are the logits and, on TensorFlow, the second output of its own op.
 */
export function softmaxOfIndices(logits: tf.Tensor, entries: ClassEntries, terms: SoftmaxTerms): tf.Tensor {
  const classes = logits.shape[1]!;
  const share = ofOwnClass(terms.share, entries);
  const own = product(complement(share), ofOwnClass(terms.weights, entries));
  const spread = product(terms.weights, terms.prior);
  const mass = share === 0 ? own : total(own, product(share, sumOverClasses(spread, classes)));
  const factors = { own, share, spread, mass };
  // With class weights, the fused form would subtract two large numbers and lose precision.
  const isFused = hasKernel(kernelNames.sparseCrossEntropy) && (share === 0 || terms.weights === 1);
  return isFused ? fusedRows(logits, entries, factors) : composedRows(logits, entries, factors);
}

interface Factors {
  readonly own: PerClass;
  readonly share: PerClass;
  readonly spread: PerClass;
  /** The factor of the softmax in the gradient: `own + share * sum(spread)`. */
  readonly mass: PerClass;
}

function composedRows(logits: tf.Tensor, { positions }: ClassEntries, factors: Factors): tf.Tensor {
  const toSave = namedFactorsToSave(factors);
  return tf.customGrad((logits, save) => {
    const given = logits as tf.Tensor;
    (save as tf.GradSaveFunc)([given, positions, ...toSave.tensors]);
    return {
      value: rowsOf(given, positions, factors),
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
        const [logits, positions, ...rest] = saved as [tf.Tensor, tf.Tensor, ...tf.Tensor[]];
        const factors = toSave.restore(rest);
        if (differentiatedAgain()) return [differentiableGradient(logits, positions, factors, upstream)];
        const base = tf.mul(tf.softmax(logits), column(product(upstream, factors.mass)));
        const smooth = lessSpread(base, factors, upstream);
        return [lessAtClass(smooth, positions, product(upstream, factors.own))];
      },
    };
  })(logits);
}

function rowsOf(logits: tf.Tensor, positions: tf.Tensor, { own, share, spread }: Factors): tf.Tensor {
  const shifted = tf.sub(logits, tf.max(logits, -1, true));
  const logSum = tf.log(tf.sum(tf.exp(shifted), -1));
  const sharp = product(tf.sub(logSum, tf.gatherND(shifted, positions)), own) as tf.Tensor;
  if (share === 0) return sharp;
  const smooth = tf.sub(tf.mul(logSum, sumOverClasses(spread, logits.shape[1]!)), weighted(shifted, spread));
  return tf.add(sharp, tf.mul(smooth, share));
}

/**
 * The same with TensorFlow's own op, one kernel that returns the unsmoothed loss of a row and `softmax - one hot`:
 *
 *     mass (-logp_y) + s_y sum_k w_k u_k (z_y - z_k)
 *
 * The gradient is `mass (softmax - one hot) - s_y w u`, plus `s_y sum(w u)` at y.
 */
function fusedRows(logits: tf.Tensor, { positions, classes }: ClassEntries, factors: Factors): tf.Tensor {
  const toSave = namedFactorsToSave(factors);
  const { share, spread, mass } = factors;
  return tf.customGrad((logits, save) => {
    const given = logits as tf.Tensor;
    const { losses, difference } = sparseCrossEntropyParts(given, classes);
    (save as tf.GradSaveFunc)([given, difference, positions, ...toSave.tensors]);
    const sharp = product(losses, mass) as tf.Tensor;
    return {
      value: share === 0 ? sharp : smoothedRows(sharp, product(gaps(given, positions, spread), share)),
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
        const [logits, difference, positions, ...rest] = saved as [
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          ...tf.Tensor[],
        ];
        const factors = toSave.restore(rest);
        if (differentiatedAgain()) return [differentiableGradient(logits, positions, factors, upstream)];
        const base = tf.mul(difference, column(product(upstream, factors.mass)));
        if (factors.share === 0) return [base];
        const spreading = product(upstream, factors.share);
        const given = product(spreading, sumOverClasses(factors.spread, logits.shape[1]!));
        return [lessAtClass(lessSpread(base, factors, upstream), positions, product(-1, given))];
      },
    };
  })(logits);
}

/** The sum of both. If the logit of the true class is -infinity, the loss is infinite, and `smooth` would be NaN. */
function smoothedRows(sharp: tf.Tensor, smooth: PerClass): tf.Tensor {
  return tf.where(tf.equal(sharp, Infinity), sharp, tf.add(sharp, smooth));
}

/**
 * The gradient, computed by ops that have gradients too (for a gradient penalty). It uses a matrix of labels,
 * because `tensorScatterUpdate` has no gradient in TensorFlow.js.
 */
function differentiableGradient(
  logits: tf.Tensor,
  positions: tf.Tensor,
  factors: Factors,
  upstream: tf.Tensor,
): tf.Tensor {
  const base = tf.mul(tf.softmax(logits), column(product(upstream, factors.mass)));
  const oneHot = tf.scatterND(positions, tf.ones([logits.shape[0]!]), [...logits.shape]);
  return tf.sub(lessSpread(base, factors, upstream), tf.mul(oneHot, column(product(upstream, factors.own))));
}

/** `matrix - upstream * share * spread`, for each row. */
function lessSpread(matrix: tf.Tensor, { share, spread }: Factors, upstream: tf.Tensor): tf.Tensor {
  return share === 0 ? matrix : tf.sub(matrix, tf.mul(column(product(upstream, share)), spread));
}

/** `sum_k spread_k (z_y - z_k)`. It sums differences, because sums of large logits lose precision. */
function gaps(logits: tf.Tensor, positions: tf.Tensor, spread: PerClass): tf.Tensor {
  const below = tf.sub(tf.expandDims(tf.gatherND(logits, positions), 1), logits);
  return weighted(below, spread);
}

/** `sum_k spread_k values_k`, for each row. */
function weighted(values: tf.Tensor, spread: PerClass): tf.Tensor {
  return typeof spread === 'number' ? tf.mul(tf.sum(values, -1), spread) : tf.sum(tf.mul(values, spread), -1);
}

/** Subtracts a number at the class of each row. */
function lessAtClass(matrix: tf.Tensor, positions: tf.Tensor, less: PerClass): tf.Tensor {
  return tf.tensorScatterUpdate(matrix, positions, tf.sub(tf.gatherND(matrix, positions), less));
}

function sumOverClasses(values: PerClass, classes: number): PerClass {
  if (typeof values === 'number') return values * classes;
  return values.rank === 0 ? tf.mul(values, classes) : tf.sum(values);
}

/** Reshapes `[N]` to `[N, 1]`; leaves a number or scalar unchanged. */
const column = (values: PerClass): PerClass =>
  typeof values === 'number' || values.rank === 0 ? values : tf.expandDims(values, 1);

function namedFactorsToSave({ own, share, spread, mass }: Factors): {
  readonly tensors: tf.Tensor[];
  restore(saved: readonly tf.Tensor[]): Factors;
} {
  const { tensors, restore } = factorsToSave([own, share, spread, mass]);
  return {
    tensors,
    restore(saved) {
      const [own, share, spread, mass] = restore(saved);
      return { own, share, spread, mass };
    },
  };
}
