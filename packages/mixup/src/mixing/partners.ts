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
 *
 * @param mutual - whether each example is the partner of its partner. The one in the middle then keeps itself.
 */
export function partnersOf(
  rows: number,
  { pairing, mutual }: { readonly pairing: Pairing; readonly mutual: boolean },
  { random, size }: Pick<StepContext, 'random' | 'size'>,
): tf.Tensor1D {
  return tf.tidy(() => {
    if (pairing === 'flip') return fromOtherEnd(rows, size);
    const order = random('mixup').permutation(rows);
    const isExample = tf.cast(tf.less(tf.cast(order, 'float32'), size), 'float32');
    // topk keeps the order of equal numbers, so all examples come first, in random order.
    const shuffled = tf.gather(order, tf.topk(isExample, rows, true).indices as tf.Tensor1D);
    if (!mutual) return shuffled;
    const opposite = tf.gather(shuffled, fromOtherEnd(rows, size));
    const places = tf.topk(tf.neg(tf.cast(shuffled, 'float32')), rows, true).indices as tf.Tensor1D;
    return tf.gather(opposite, places);
  });
}

/** Row `k` of the examples is paired with row `size - 1 - k`. */
function fromOtherEnd(rows: number, size: tf.Scalar): tf.Tensor1D {
  const row = tf.range(0, rows);
  const mirrored = tf.sub(tf.sub(size, 1), row);
  return tf.cast(tf.where(tf.less(mirrored, 0), row, mirrored), 'int32') as tf.Tensor1D;
}
