import * as tf from '@tensorflow/tfjs-core';
import { CantripError, parseOptions, floatTensorSchema } from '@cantrip/errors';
import * as v from 'valibot';
import type { RandomTensors } from '../contract/step-context.ts';

export interface DropoutOptions {
  /** The share of elements to set to 0, in [0, 1). */
  readonly rate: number;
  /** The source of the mask: `random('some-name')` of the context of the model function or of a hook. */
  readonly random: RandomTensors;
  /**
   * The shape of the mask, which is broadcast to that of `x`. 1 drops along the whole axis; null means the size of
   * `x` there. By default the shape of `x`.
   */
  readonly noiseShape?: readonly (number | null)[] | undefined;
}

const schema = v.strictObject({
  rate: v.pipe(
    v.number(),
    v.check((rate) => rate >= 0 && rate < 1, 'must be a number in [0, 1)'),
  ),
  random: v.custom<RandomTensors>(
    (random) => typeof (random as RandomTensors | undefined)?.bernoulli === 'function',
    "must be random('some-name') of the context",
  ),
  noiseShape: v.optional(v.array(v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(1))))),
});

/**
 * Sets random elements to 0 and scales the others, so the expected value stays the same: `x * mask / (1 - rate)`,
 * where `mask` is 1 with probability `1 - rate`.
 *
 * Seed, stream and step decide the mask. It is the same eager and captured, and on every device.
 *
 * @param x - float32, of any shape
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const model = (x, { training, random }) =>
 *   tf.matMul(training ? dropout(x, { rate: 0.5, random: random('before-head') }) : x, kernel);
 * ```
 * @see Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 2014
 */
export function dropout<T extends tf.Tensor>(x: T, options: DropoutOptions): T {
  parseOptions('dropout', v.object({ x: floatTensorSchema }), { x });
  const { rate, random, noiseShape } = parseOptions('dropout', schema, options);
  if (noiseShape && noiseShape.length !== x.rank) {
    throw new CantripError('OPTION_INVALID', {
      who: 'dropout',
      what: `noiseShape must have ${x.rank} entries, one for each axis of x, got ${noiseShape.length}`,
      fix: 'Use 1 for an axis that is dropped as a whole, and null for the size of x on that axis',
    });
  }
  const shape = noiseShape ? noiseShape.map((size, axis) => size ?? x.shape[axis]!) : x.shape;
  return tf.tidy(() => tf.mul(x, tf.mul(random.bernoulli(shape, 1 - rate), 1 / (1 - rate))));
}
