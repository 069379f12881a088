import { checkArgument, floatTensorCheck } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { checkPartners } from './partners.ts';
import { alongExamples, checkShare, type Share } from './share.ts';

/**
 * Mixes each example with its partner: `share * examples + (1 - share) * examples[partners]`.
 *
 * @param examples - float32 `[batch, …]`: images, features, or soft targets
 * @param partners - int32 `[batch]`: for each example the row that it is mixed with, e.g. a permutation
 * @param share - the share of the example itself, in [0, 1]; 1 changes nothing. A number, a float32 scalar, or float32
 *   `[batch]` with a share for each example
 * @returns float32 in the shape of the examples, which the caller must dispose
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH
 * @example
 * ```ts
 * mixExamples(tf.tensor1d([0, 10]), tf.tensor1d([1, 0], 'int32'), 0.75); // [2.5, 7.5]
 * ```
 * @see Zhang, Cisse, Dauphin and Lopez-Paz, "mixup: beyond empirical risk minimization", ICLR 2018
 */
export function mixExamples<Examples extends tf.Tensor>(
  examples: Examples,
  partners: tf.Tensor,
  share: Share,
): Examples {
  checkArgument('mixExamples', 'examples', floatTensorCheck, examples);
  checkPartners('mixExamples', partners, examples);
  checkShare('mixExamples', share, examples.shape[0]);
  return blend(examples, partners, share) as Examples;
}

/** @param share - a number or scalar, a number for each example, or a tensor that is broadcast along the examples */
export function blend(examples: tf.Tensor, partners: tf.Tensor, share: number | tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const others = tf.gather(examples, partners as tf.Tensor1D);
    const own = alongExamples(share, examples.rank);
    return tf.add(tf.mul(examples, own), tf.mul(others, tf.sub(1, own)));
  });
}
