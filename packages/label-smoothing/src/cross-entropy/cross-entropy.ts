import { logitsOfProbabilities } from '@cantrip/ops';
import { parseOptions, floatTensorSchema, tensorSchema } from '@cantrip/errors';
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
  /**
   * The distribution to smooth towards: one probability for all classes, or one for each. By default `1 / K`, or 1/2
   * for a sigmoid.
   */
  readonly prior?: number | readonly number[] | undefined;
  /**
   * A weight for each class, at least 0. As in PyTorch, a mean over class indices is divided by the sum of the true
   * classes' weights. A mean over soft targets, or over a sigmoid's elements, is divided by their number.
   */
  readonly classWeights?: readonly number[] | undefined;
  /** Sigmoid only: weights of the positive targets, one for all or one for each class; 1 by default. */
  readonly positiveWeights?: number | readonly number[] | undefined;
  /** Sigmoid only: smoothed and mixed targets above this become 1, all others 0. */
  readonly threshold?: number | undefined;
  /** The class index to ignore, e.g. -100; for dense sigmoid targets, the value to ignore. None by default. */
  readonly ignoreIndex?: number | undefined;
  /**
   * Which losses count: bool, or factors. The shape is that of the logits without the class axis; for a sigmoid it
   * may be that of the logits. A mean is divided by the sum of the factors.
   */
  readonly mask?: tf.Tensor | undefined;
  /**
   * The penalty for confident outputs: the loss becomes `loss - penalty * entropy`; 0 by default. The entropy of a
   * row has the same weight in the mean as the loss of the row.
   */
  readonly confidencePenalty?: number | tf.Tensor;
  /**
   * Penalises only an entropy below this, in nats: `penalty * max(0, threshold - entropy)`. By default there is no
   * threshold.
   */
  readonly entropyThreshold?: number | undefined;
  /** The class axis of the logits; -1, the last axis, by default. Any other axis needs a transposition. */
  readonly axis?: number;
  /**
   * Whether the outputs are `logits`, or `probabilities` of a model that ends in a softmax or sigmoid; `logits` by
   * default.
   */
  readonly from?: 'logits' | 'probabilities';
  /**
   * For causal language models: position t of the axis before the class axis predicts the label of position t + 1.
   * False by default.
   */
  readonly shiftLabels?: boolean;
  /** `mean` by default. `none` returns a loss for each row, or for each element of a sigmoid. */
  readonly reduction?: Reduction;
  /** Sigmoid only: adds up the classes of each row first, so that a mean is over rows. False by default. */
  readonly sumClasses?: boolean;
  /** Replaces the number that a mean is divided by, e.g. by the number of tokens in all accumulated batches. */
  readonly divisor?: number | tf.Tensor | undefined;
}

/**
 * Cross-entropy of logits with class indices, one-hot or soft targets of any rank, with label smoothing. Use this
 * cross-entropy in your own loop.
 *
 * In a trainer, use a loss instead: `smoothedCrossEntropy` of this package is this function as a loss, with all its
 * options. `softmaxCrossEntropy` of `@cantrip/trainer` is a smaller loss, whose only options are class weights and
 * `from`. `softmaxCrossEntropyWithLogits` of `@cantrip/ops` is the tensor op behind it.
 *
 * Softmax: `-sum_k w_k t_k log_softmax(logits)_k`, with smoothed targets `t = (1 - s) labels + s * prior`. Sigmoid:
 * `w_k (c_k t_k softplus(-z_k) + (1 - t_k) softplus(z_k))` for each class.
 *
 * Class indices never become a matrix. The loss is stable at logits of +-1e4. Labels have a gradient too. With
 * `from: 'probabilities'`, float32 cannot hold a probability below 1e-38 or between 1 - 6e-8 and 1, and loses its
 * gradient. The values of labels are not checked: an index out of range, other than `ignoreIndex`, makes the loss
 * NaN.
 *
 * @param labels - int32 class indices, in the shape of the logits without the class axis; or probabilities of the
 *   classes, in the shape of the logits
 * @param logits - `[…, K]`; another class axis is set by `axis`
 * @returns a scalar; with `reduction: 'none'` the losses, in the shape of the indices, or for a sigmoid in the shape
 *   of the logits. If no loss counts, the result is 0.
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
  const tensors = v.object({ labels: tensorSchema, logits: floatTensorSchema });
  parseOptions('crossEntropy', tensors, { labels, logits });
  return checkedCrossEntropy(labels, logits, checkFunctionOptions(options));
}

/** The same as {@link crossEntropy}, with checked options. */
export function checkedCrossEntropy(
  labels: tf.Tensor,
  logits: tf.Tensor,
  options: CheckedOptions,
): tf.Tensor {
  if (logits.size === 0) return ofNothing(labels, logits, options);
  return tf.tidy(() => reduced(lossesOf(labels, logits, options), options));
}

/** The loss of no rows is 0, with an empty gradient. */
function ofNothing(labels: tf.Tensor, logits: tf.Tensor, options: CheckedOptions): tf.Tensor {
  const { shape } = checkFit('crossEntropy', labels, logits, options);
  if (options.reduction !== 'none') {
    // tf.sum of an empty tensor returns old memory on wasm, so this returns a constant 0.
    return tf.customGrad((given) => ({
      value: tf.scalar(0),
      gradFunc: () => [tf.zerosLike(given as tf.Tensor)],
    }))(logits);
  }
  return tf.zeros(options.activation === 'sigmoid' && !options.sumClasses ? logits.shape : [...shape]);
}

/** The loss as a sum and a weight, before the division. The trainer adds the sums and weights of batches. */
export function measuredCrossEntropy(
  labels: tf.Tensor,
  logits: tf.Tensor,
  options: CheckedOptions,
): Measured {
  return tf.tidy(
    () => measuredLosses(lossesOf(labels, logits, options), options) as Measured & tf.TensorContainerObject,
  );
}

/** Losses before their mean or sum is taken. */
interface Losses {
  readonly rows: Rows;
  /** The losses; those that do not count are 0. */
  readonly values: tf.Tensor;
  readonly counting: Counting;
  /** The weight of each loss in the mean. */
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
  // The entropy of a row has the same weight in the mean as its loss.
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
