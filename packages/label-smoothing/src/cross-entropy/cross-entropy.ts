import { logitsOfProbabilities } from '@cantrip/ops';
import { parseOptions, tensorSchema } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import type { Activation, Smoothing } from '../smoothing/option-checks.ts';
import { type PerClass, product } from '../smoothing/per-class.ts';
import { type CheckedOptions, checkFunctionOptions } from './cross-entropy-schema.ts';
import { checkFit, layOut, type Rows } from './lay-out.ts';
import { countOf, type Counting, masked, type Measured, quotient, type Reduction } from './reduce.ts';
import { checkShift, shiftedLabels } from './shift-labels.ts';
import { sigmoidLosses } from './sigmoid-losses.ts';
import { softmaxLosses } from './softmax-losses.ts';
import type { UnreducedLosses } from './unreduced-losses.ts';

export interface CrossEntropyOptions {
  /** `softmax` (one class of K) by default, or `sigmoid` (yes or no for each class). */
  readonly activation?: Activation;
  /** The share of a label that is spread, in [0, 1): one number, one for each true class, or a tensor; 0 by default. */
  readonly smoothing?: Smoothing;
  /** What is smoothed towards: a probability for all, or one for each class; `1 / K`, or 1/2 for a sigmoid. */
  readonly prior?: number | readonly number[] | undefined;
  /**
   * A weight for each class, at least 0. As in PyTorch a mean over class indices is divided by the weights of the true
   * classes, a mean over soft targets or over a sigmoid's elements by their number.
   */
  readonly classWeights?: readonly number[] | undefined;
  /** Sigmoid only: weights of the positive targets, one for all or one for each class; 1 by default. */
  readonly positiveWeights?: number | readonly number[] | undefined;
  /** Sigmoid only: smoothed and mixed targets above it become 1, the others 0. */
  readonly threshold?: number | undefined;
  /** The class index that is left out, e.g. -100; for dense sigmoid targets the value. By default none is. */
  readonly ignoreIndex?: number | undefined;
  /**
   * What counts: bool, or factors, in the shape of the logits without the class axis; for a sigmoid also in their very
   * shape. A mean is divided by the sum of the factors.
   */
  readonly mask?: tf.Tensor | undefined;
  /**
   * How much a low entropy of the outputs costs: the loss becomes `loss - penalty * entropy`; 0 by default. An entropy
   * counts as what a mean is divided by for its row, with class weights over class indices as its true class.
   */
  readonly confidencePenalty?: number | tf.Tensor;
  /** Only entropy below it is penalised: `penalty * max(0, threshold - entropy)`, in nats. By default all is. */
  readonly entropyThreshold?: number | undefined;
  /** The class axis of the logits; -1, the last, by default. Another one costs a transposition. */
  readonly axis?: number;
  /** What the outputs are: `logits`, or `probabilities` of a model that ends in a softmax or sigmoid; `logits`. */
  readonly from?: 'logits' | 'probabilities';
  /** Causal language models: position t of the axis before the classes' predicts the label of t + 1; false. */
  readonly shiftLabels?: boolean;
  /** `mean` by default. `none` gives a number for each row, for a sigmoid for each element. */
  readonly reduction?: Reduction;
  /** Sigmoid only: adds up the classes of a row first, so that a mean is over rows; false by default. */
  readonly sumClasses?: boolean;
  /** What a mean is divided by instead, e.g. the number of tokens in all batches of an accumulated gradient. */
  readonly divisor?: number | tf.Tensor | undefined;
}

/**
 * Cross-entropy of logits with class indices, one-hot or soft targets of any rank, with label smoothing.
 *
 * For a softmax `-sum_k w_k t_k log_softmax(logits)_k` with smoothed targets `t = (1 - s) labels + s * prior`, for a
 * sigmoid `w_k (c_k t_k softplus(-z_k) + (1 - t_k) softplus(z_k))` for each class. Class indices never become a matrix.
 * Stable at logits of +-1e4; probabilities, which `from` allows, have lost what is closer to 0 than 1e-38 or to 1 than
 * 6e-8, and with it the gradient. Labels have a gradient too. No value is read: an index that is out of range, and not
 * `ignoreIndex`, makes the loss NaN.
 *
 * @param labels - class indices, int32, in the shape of the logits without their class axis; or a probability for each
 *   class, in the shape of the logits
 * @param logits - `[…, K]`, or with the class axis where `axis` says
 * @returns a scalar; for `reduction: 'none'` losses in the shape of the indices, for a sigmoid in that of the logits.
 *   Nothing that counts gives 0.
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH, DTYPE_MISMATCH
 * @example
 * ```ts
 * const logits = tf.tensor2d([[0, 0], [2, 0]]);
 * crossEntropy(tf.tensor1d([1, 0], 'int32'), logits); // 0.41 = (ln 2 + ln(1 + e^-2)) / 2
 * crossEntropy(tf.tensor1d([1, 0], 'int32'), logits, { smoothing: 0.1, reduction: 'none' }); // [0.693, 0.227]
 * crossEntropy(tf.tensor1d([1, -100], 'int32'), logits, { ignoreIndex: -100 }); // 0.693 = ln 2
 * crossEntropy(tf.tensor1d([1], 'int32'), tf.tensor2d([[0.5, 0.5]]), { from: 'probabilities' }); // 0.693
 * ```
 * @see Szegedy et al., https://arxiv.org/abs/1512.00567; Pereyra et al., Regularizing Neural Networks by Penalizing
 *   Confident Output Distributions, https://arxiv.org/abs/1701.06548
 */
export function crossEntropy(
  labels: tf.Tensor,
  logits: tf.Tensor,
  options: CrossEntropyOptions = {},
): tf.Tensor {
  const tensors = v.object({ labels: tensorSchema, logits: tensorSchema });
  parseOptions('crossEntropy', tensors, { labels, logits });
  return checkedCrossEntropy(labels, logits, checkFunctionOptions(options));
}

/** As {@link crossEntropy}, with options that are checked. */
export function checkedCrossEntropy(
  labels: tf.Tensor,
  logits: tf.Tensor,
  options: CheckedOptions,
): tf.Tensor {
  if (logits.size === 0) return ofNothing(labels, logits, options);
  return tf.tidy(() => reduced(lossesOf(labels, logits, options), options));
}

/** No rows have the sum 0, which has a gradient without any number. */
function ofNothing(labels: tf.Tensor, logits: tf.Tensor, options: CheckedOptions): tf.Tensor {
  const { shape } = checkFit('crossEntropy', labels, logits, options);
  if (options.reduction !== 'none') {
    // The wasm device sums no numbers up to what its memory held before.
    return tf.customGrad((given) => ({
      value: tf.scalar(0),
      gradFunc: () => [tf.zerosLike(given as tf.Tensor)],
    }))(logits);
  }
  return tf.zeros(options.activation === 'sigmoid' && !options.sumClasses ? logits.shape : [...shape]);
}

/** The mean or the sum before its division: the trainer adds up sums and weights of batches. */
export function measuredCrossEntropy(
  labels: tf.Tensor,
  logits: tf.Tensor,
  options: CheckedOptions,
): Measured {
  return tf.tidy(
    () => measuredLosses(lossesOf(labels, logits, options), options) as Measured & tf.TensorContainerObject,
  );
}

/** Losses that are not reduced yet. */
interface Losses {
  readonly rows: Rows;
  /** Those that do not count are 0. */
  readonly values: tf.Tensor;
  readonly counting: Counting;
  /** What a mean counts each of them as. */
  readonly weights: PerClass;
}

function lossesOf(labels: tf.Tensor, logits: tf.Tensor, options: CheckedOptions): Losses {
  if (!options.shiftLabels) return ofRows(labels, logits, options);
  checkShift('crossEntropy', logits.shape);
  checkFit('crossEntropy', labels, logits, options);
  const next = shiftedLabels({ labels, logits, mask: options.mask });
  return ofRows(next.labels, next.logits, { ...options, mask: next.mask });
}

function ofRows(labels: tf.Tensor, logits: tf.Tensor, options: CheckedOptions): Losses {
  const laidOut = layOut(labels, logits, options);
  const rows =
    options.from === 'logits'
      ? laidOut
      : { ...laidOut, logits: logitsOfProbabilities(laidOut.logits, options.activation) };
  const values =
    options.activation === 'softmax' ? softmaxLosses(rows, options) : sigmoidLosses(rows, options);
  const { losses, weights } = values;
  // An entropy counts as what a mean counts its row as, so that both are divided by the same.
  const all =
    options.confidencePenalty === 0
      ? losses
      : tf.add(losses, product(penaltyOf(values, options), weights) as tf.Tensor);
  return { rows, values: masked(all, values), counting: values, weights };
}

function penaltyOf(
  { entropies }: UnreducedLosses,
  { confidencePenalty, entropyThreshold }: CheckedOptions,
): tf.Tensor {
  const entropy = entropies();
  const missing =
    entropyThreshold === undefined ? tf.neg(entropy) : tf.relu(tf.sub(entropyThreshold, entropy));
  return tf.mul(missing, confidencePenalty);
}

function reduced(part: Losses, options: CheckedOptions): tf.Tensor {
  const { rows, values } = part;
  if (options.reduction !== 'none') return quotient(measuredLosses(part, options));
  if (values.rank === 2 && !options.sumClasses) return rows.elementsBack(values);
  return tf.reshape(values.rank === 2 ? tf.sum(values, -1) : values, [...rows.shape]);
}

function measuredLosses(
  { values, counting, weights }: Losses,
  { reduction, sumClasses, divisor }: CheckedOptions,
): Measured {
  const sum = tf.sum(values) as tf.Scalar;
  if (reduction === 'sum') return { sum, weight: 1 };
  if (divisor !== undefined) return { sum, weight: divisor as tf.Scalar | number };
  const count = countOf(values, counting, weights);
  const isPerRow = values.rank === 2 && sumClasses;
  return { sum, weight: (isPerRow ? product(count, 1 / values.shape[1]!) : count) as tf.Scalar | number };
}
