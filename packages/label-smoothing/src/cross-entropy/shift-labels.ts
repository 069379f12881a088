import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';

interface Sequences {
  readonly labels: tf.Tensor;
  readonly logits: tf.Tensor;
  readonly mask?: tf.Tensor | undefined;
}

/**
 * Shifts labels for a causal language model: position t predicts the label of position t + 1. The last position and
 * the first label are dropped.
 *
 * @param sequences - logits `[…, T, K]`; labels and mask `[…, T]` or `[…, T, K]`
 */
export function shiftedLabels({ labels, logits, mask }: Sequences): Sequences {
  const along = logits.rank - 2;
  const without = (end: 'first' | 'last', tensor: tf.Tensor): tf.Tensor => {
    const begin = tensor.shape.map((_, axis) => (axis === along && end === 'first' ? 1 : 0));
    const size = tensor.shape.map((length, axis) => (axis === along ? length - 1 : length));
    return tf.slice(tensor, begin, size);
  };
  return {
    labels: without('first', labels),
    logits: without('last', logits),
    mask: mask && without('first', mask),
  };
}

/**
 * Checks that there is an axis to shift along.
 *
 * @throws CantripError SHAPE_MISMATCH
 */
export function checkShift(who: string, logitShape: readonly number[]): void {
  const length = logitShape.at(-2);
  if (logitShape.length >= 2 && (length === -1 || length! >= 2)) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `logits of shape [${logitShape.join(', ')}] must be […, T, K] with at least 2 positions T, because shiftLabels is true`,
    fix: 'Pass logits of shape […, T, K], or remove shiftLabels',
  });
}
