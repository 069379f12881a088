import {
  atLeast,
  atMost,
  CantripError,
  checkArgument,
  integerIn,
  optional,
  type ReadOptions,
  readOptions,
  tensorCheck,
} from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import {
  type Activation,
  activationCheck,
  priorCheck,
  type Smoothing,
  smoothingCheck,
} from './option-checks.ts';
import { complement, ofEachClass, type PerClass, priorOf, product } from './per-class.ts';

export interface SmoothLabelsOptions {
  /**
   * The share to spread over all classes, in [0, 1): one number, or one for each true class. 0.1 by default; 0
   * changes nothing.
   */
  readonly smoothing?: Smoothing;
  /**
   * The number of classes, at least 2. Required for class indices; for other labels it is the size of the last axis.
   */
  readonly classes?: number | undefined;
  /**
   * The distribution to smooth towards: one probability for all classes, or one for each. By default `1 / K`, or 1/2
   * for a sigmoid.
   */
  readonly prior?: number | readonly number[] | undefined;
  /** `softmax` by default; `sigmoid` for multi-label targets, whose rows need not sum to 1. */
  readonly activation?: Activation;
}

const checks = {
  smoothing: optional(smoothingCheck, 0.1),
  classes: optional(integerIn(atLeast(2), atMost(2 ** 31 - 1))),
  prior: optional(priorCheck),
  activation: optional(activationCheck, 'softmax'),
};

/**
 * Smooths class labels: `(1 - smoothing) * labels + smoothing * prior`.
 *
 * With a share `s_k` for each class: `(1 - s_k) * labels_k + (sum_j s_j labels_j) * prior_k`. For a sigmoid: `(1 -
 * s_k) * labels_k + s_k * prior_k`. Both are linear, so you can mix labels before or after smoothing.
 *
 * The values of the labels are not checked. For an index outside [0, classes), the row becomes `smoothing * prior`.
 *
 * @param labels - class indices, int32 of any shape `[…]`; or one-hot or soft targets, float32 `[…, K]`
 * @returns float32 `[…, K]`, which the caller must dispose; soft targets have a gradient, e.g. `1 - smoothing`
 * @throws CantripError OPTION_INVALID; DTYPE_MISMATCH if labels are neither int32 nor float32; SHAPE_MISMATCH if the
 *   last axis of float labels is below 2 or is not `classes`, or if a list does not have one number for each class
 * @example
 * ```ts
 * smoothLabels(tf.tensor1d([1], 'int32'), { smoothing: 0.1, classes: 4 }); // [[0.025, 0.925, 0.025, 0.025]]
 * smoothLabels(tf.tensor2d([[0, 1]]), { smoothing: 0.1 }); // [[0.05, 0.95]]
 * smoothLabels(tf.tensor2d([[0, 1, 1]]), { smoothing: 0.1, activation: 'sigmoid' }); // [[0.05, 0.95, 0.95]]
 * ```
 * @see Szegedy et al., Rethinking the Inception Architecture for Computer Vision, https://arxiv.org/abs/1512.00567
 */
export function smoothLabels(labels: tf.Tensor, options: SmoothLabelsOptions = {}): tf.Tensor {
  checkArgument('smoothLabels', 'labels', tensorCheck, labels);
  const parsed = readOptions('smoothLabels', checks, options);
  if (labels.dtype === 'int32') return smoothIndices(labels, parsed);
  if (labels.dtype === 'float32') return smoothProbabilities(labels, parsed);
  throw new CantripError('DTYPE_MISMATCH', {
    who: 'smoothLabels',
    what: `labels must be int32 class indices or float32 probabilities, got ${labels.dtype}`,
    fix: "Cast them, e.g. tf.cast(labels, 'float32') for one-hot labels",
  });
}

type Parsed = ReadOptions<typeof checks>;

function smoothIndices(indices: tf.Tensor, options: Parsed): tf.Tensor {
  const { classes } = options;
  if (classes === undefined) {
    throw new CantripError('OPTION_INVALID', {
      who: 'smoothLabels',
      what: 'classes is missing; it is required for class indices',
      fix: 'Set classes to the number of classes, or cast one-hot labels to float32',
    });
  }
  // The onValue and offValue of oneHot would save two ops, but the wasm backend truncates them to integers.
  return tf.tidy(() => smoothed(tf.cast(tf.oneHot(indices, classes), 'float32'), options));
}

function smoothProbabilities(labels: tf.Tensor, options: Parsed): tf.Tensor {
  const { classes, activation } = options;
  const size = labels.shape.at(-1) ?? 0;
  if (size < (activation === 'sigmoid' ? 0 : 2) || (classes !== undefined && classes !== size)) {
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'smoothLabels',
      what: `the last axis of labels must hold ${classes ?? 'at least 2'} classes, got shape [${labels.shape.join(', ')}]`,
      fix: 'Give a probability for each class, or class indices as int32',
    });
  }
  return tf.tidy(() => smoothed(labels, options));
}

/** The options of smoothing, after the checks. */
export interface CheckedSmoothing {
  readonly smoothing: Smoothing;
  readonly prior?: number | readonly number[] | undefined;
  readonly activation: Activation;
}

/** The same as {@link smoothLabels}, for float32 `[…, K]` and checked options. */
export function smoothed(labels: tf.Tensor, { smoothing, prior, activation }: CheckedSmoothing): tf.Tensor {
  // Multiplying by 1 and adding 0 would turn -0 into 0.
  if (smoothing === 0) return tf.clone(labels);
  const classes = labels.shape.at(-1) ?? 1;
  const share = ofEachClass('smoothing', smoothing, classes);
  const towards = priorOf(prior, activation, classes);
  return tf.add(tf.mul(labels, complement(share)), product(given(labels, share, activation), towards));
}

/** The share of each row that goes to the prior. With one share for all classes, it does not depend on the labels. */
function given(labels: tf.Tensor, share: PerClass, activation: Activation): PerClass {
  if (activation === 'sigmoid' || typeof share === 'number' || share.rank === 0) return share;
  return tf.sum(tf.mul(labels, share), -1, true);
}
