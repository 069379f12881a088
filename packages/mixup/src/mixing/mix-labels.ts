import {
  atLeast,
  atMost,
  below,
  CantripError,
  checkArgument,
  integerIn,
  numberIn,
  optional,
  readOptions,
  tensorCheck,
} from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { blend } from './mix-examples.ts';
import { checkPartners } from './partners.ts';
import { checkShare, type Share } from './share.ts';

export interface MixLabelsOptions {
  /** The number of classes, at least 2. Required for class indices. */
  readonly classes?: number | undefined;
  /** The share that label smoothing spreads over all classes, in [0, 1); 0 by default. */
  readonly smoothing?: number;
}

const checks = {
  classes: optional(integerIn(atLeast(2), atMost(2 ** 31 - 1))),
  smoothing: optional(numberIn(atLeast(0), below(1)), 0),
};

/**
 * Soft targets of mixed examples: `share * labels + (1 - share) * labels[partners]`, where class indices become rows
 * of `smoothing / classes`, with `1 - smoothing` more at the class.
 *
 * @param labels - class indices, int32 `[batch, …]`, or one-hot or soft targets, float32 `[batch, …, classes]`
 * @param partners - int32 `[batch]`: the rows that the examples were mixed with
 * @param share - the share of the example itself, in [0, 1], or float32 `[batch]` with a share for each example
 * @returns float32 `[batch, …, classes]`, which the caller must dispose
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH; DTYPE_MISMATCH if labels are neither int32 nor float32
 * @example
 * ```ts
 * const labels = tf.tensor1d([0, 2], 'int32');
 * mixLabels(labels, tf.tensor1d([1, 0], 'int32'), 0.75, { classes: 3 }); // [[0.75, 0, 0.25], [0.25, 0, 0.75]]
 * ```
 */
export function mixLabels(
  labels: tf.Tensor,
  partners: tf.Tensor,
  share: Share,
  options: MixLabelsOptions = {},
): tf.Tensor {
  const who = 'mixLabels';
  checkArgument(who, 'labels', tensorCheck, labels);
  checkPartners(who, partners, labels);
  checkShare(who, share, labels.shape[0]);
  const { classes, smoothing } = readOptions(who, checks, options);
  if (labels.dtype !== 'int32' && labels.dtype !== 'float32') throw noLabels(labels);
  if (labels.dtype === 'int32' && classes === undefined) throw noClasses();
  return tf.tidy(() => {
    const dense = labels.dtype === 'int32' ? tf.cast(tf.oneHot(labels, classes!), 'float32') : labels;
    const mixed = blend(dense, partners, share);
    if (smoothing === 0) return mixed;
    return tf.add(tf.mul(mixed, 1 - smoothing), smoothing / dense.shape.at(-1)!);
  });
}

const noLabels = ({ dtype }: tf.Tensor): CantripError =>
  new CantripError('DTYPE_MISMATCH', {
    who: 'mixLabels',
    what: `labels must be int32 class indices or float32 targets, got ${dtype}`,
    fix: "Use tf.cast(labels, 'int32') for class indices",
  });

const noClasses = (): CantripError =>
  new CantripError('OPTION_INVALID', {
    who: 'mixLabels',
    what: 'classes must be set for class indices, but is missing',
    fix: 'Set classes to the number of classes',
  });
