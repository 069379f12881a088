import { CantripError, parseOptions } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';

export interface SmoothLabelsOptions {
  /** The share that is spread over all classes, in [0, 1); 0.1 by default, 0 changes nothing. */
  readonly smoothing?: number;
  /** How many classes there are, at least 2. Needed for class indices; otherwise the size of the last axis. */
  readonly classes?: number | undefined;
}

const range = 'must be in [0, 1)';

/** The option `smoothing` of the function and of the plugin. */
export const smoothingSchema: v.SchemaWithPipe<
  readonly [
    v.NumberSchema<undefined>,
    v.MinValueAction<number, 0, string>,
    v.LtValueAction<number, 1, string>,
  ]
> = v.pipe(v.number(), v.minValue(0, range), v.ltValue(1, range));

const optionsSchema = v.strictObject({
  smoothing: v.optional(smoothingSchema, 0.1),
  classes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2))),
});

/**
 * Smooths class labels: `(1 - smoothing) * one_hot + smoothing / K` for K classes.
 *
 * No value is read, so an index outside [0, classes) is not noticed here: its row becomes `smoothing / K` everywhere.
 *
 * @param labels - class indices, int32 of any shape `[…]`; or one-hot or soft targets, float32 `[…, K]`
 * @returns float32 `[…, K]`, which the caller disposes; soft targets keep their gradient, `1 - smoothing`
 * @throws CantripError OPTION_INVALID; DTYPE_MISMATCH when labels are neither int32 nor float32; SHAPE_MISMATCH when
 *   float labels have no axis of at least 2 classes, or not of `classes`
 * @example
 * ```ts
 * smoothLabels(tf.tensor1d([1], 'int32'), { smoothing: 0.1, classes: 4 }); // [[0.025, 0.925, 0.025, 0.025]]
 * smoothLabels(tf.tensor2d([[0, 1]]), { smoothing: 0.1 }); // [[0.05, 0.95]]
 * ```
 * @see Szegedy et al., Rethinking the Inception Architecture for Computer Vision, https://arxiv.org/abs/1512.00567
 */
export function smoothLabels(labels: tf.Tensor, options: SmoothLabelsOptions = {}): tf.Tensor {
  const { smoothing, classes } = parseOptions('smoothLabels', optionsSchema, options);
  if (labels.dtype === 'int32') return smoothIndices(labels, smoothing, classes);
  if (labels.dtype === 'float32') return smoothProbabilities(labels, smoothing, classes);
  throw new CantripError('DTYPE_MISMATCH', {
    who: 'smoothLabels',
    what: `labels must be int32 class indices or float32 probabilities, got ${labels.dtype}`,
    fix: "Cast them, e.g. tf.cast(labels, 'float32') for one-hot labels",
  });
}

function smoothIndices(indices: tf.Tensor, smoothing: number, classes: number | undefined): tf.Tensor {
  if (classes === undefined) {
    throw new CantripError('OPTION_INVALID', {
      who: 'smoothLabels',
      what: 'classes is missing, and class indices do not tell how many there are',
      fix: 'Give classes, or cast one-hot labels to float32',
    });
  }
  // oneHot's own onValue and offValue would save two ops, but the wasm backend cuts them to integers.
  return tf.tidy(() => spread(tf.cast(tf.oneHot(indices, classes), 'float32'), smoothing, classes));
}

function smoothProbabilities(labels: tf.Tensor, smoothing: number, classes: number | undefined): tf.Tensor {
  const size = labels.shape.at(-1) ?? 0;
  if (size < 2 || (classes !== undefined && classes !== size)) {
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'smoothLabels',
      what: `the last axis of labels must hold ${classes ?? 'at least 2'} classes, got shape [${labels.shape.join(', ')}]`,
      fix: 'Give a probability for each class, or class indices as int32',
    });
  }
  return tf.tidy(() => spread(labels, smoothing, size));
}

function spread(labels: tf.Tensor, smoothing: number, classes: number): tf.Tensor {
  // Multiplying by 1 and adding 0 would turn -0 into 0.
  if (smoothing === 0) return tf.clone(labels);
  return tf.add(tf.mul(labels, 1 - smoothing), smoothing / classes);
}
