import { CantripError, checkArgument, tensorCheck } from '@cantrip/errors';
import type { StepContext } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';

/** @throws CantripError OPTION_INVALID, SHAPE_MISMATCH */
export function checkPartners(who: string, partners: tf.Tensor, examples: tf.Tensor): void {
  checkArgument(who, 'partners', tensorCheck, partners);
  const [rows] = examples.shape;
  if (partners.dtype === 'int32' && partners.rank === 1 && partners.shape[0] === rows) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `partners must be int32 [${rows ?? 1}], one row for each example, got ${partners.dtype} [${partners.shape.join(', ')}]`,
    fix: 'Pass one index for each example, e.g. a permutation',
  });
}

/** How each example of a batch finds its partner. */
export type Pairing = 'permutation' | 'flip';

/**
 * The partner of each row. Only examples are paired with examples: a row that fills the batch keeps itself, or another
 * such row.
 */
export function partnersOf(
  rows: number,
  pairing: Pairing,
  { random, size }: Pick<StepContext, 'random' | 'size'>,
): tf.Tensor1D {
  return tf.tidy(() => {
    if (pairing === 'flip') {
      const row = tf.range(0, rows);
      const mirrored = tf.sub(tf.sub(size, 1), row);
      return tf.cast(tf.where(tf.less(mirrored, 0), row, mirrored), 'int32') as tf.Tensor1D;
    }
    const order = random('mixup').permutation(rows);
    const isExample = tf.cast(tf.less(tf.cast(order, 'float32'), size), 'float32');
    // topk keeps the order of equal numbers, so all examples come first, in random order.
    return tf.gather(order, tf.topk(isExample, rows, true).indices as tf.Tensor1D);
  });
}
