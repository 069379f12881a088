import * as tf from '@tensorflow/tfjs-core';
import { CantripError, parseOptions, tensorSchema } from '@cantrip/errors';
import * as v from 'valibot';
import type { RandomTensors } from '../contract/step-context.ts';

export interface DropoutOptions {
  /** The share of elements that become 0, in [0, 1). */
  readonly rate: number;
  /** Where the mask comes from: `random('some-name')` of the model function's context, or of a hook's. */
  readonly random: RandomTensors;
  /**
   * The shape of the mask, which is broadcast to that of `x`: 1 drops along a whole axis, null stands for the size that
   * `x` has there. The shape of `x` by default.
   */
  readonly noiseShape?: readonly (number | null)[] | undefined;
}

const schema = v.strictObject({
  rate: v.pipe(
    v.number(),
    v.check((rate) => rate >= 0 && rate < 1, 'must be in [0, 1)'),
  ),
  random: v.custom<RandomTensors>(
    (random) => typeof (random as RandomTensors | undefined)?.bernoulli === 'function',
    "must be random('some-name'), where random is the context's",
  ),
  noiseShape: v.optional(v.array(v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(1))))),
});

/**
 * Sets random elements to 0 and scales the others, so that the expected value stays: `x * mask / (1 - rate)`, where
 * `mask` is 1 with probability `1 - rate`.
 *
 * The mask is a function of seed, stream and step: the same eager and captured, and on every device.
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
  parseOptions('dropout', v.object({ x: tensorSchema }), { x });
  const { rate, random, noiseShape } = parseOptions('dropout', schema, options);
  if (noiseShape && noiseShape.length !== x.rank) {
    throw new CantripError('OPTION_INVALID', {
      who: 'dropout',
      what: `noiseShape must have ${x.rank} entries, one for each axis of x, got ${noiseShape.length}`,
      fix: 'Write 1 for an axis that is dropped whole, null for the size that x has there',
    });
  }
  const shape = noiseShape ? noiseShape.map((size, axis) => size ?? x.shape[axis]!) : x.shape;
  return tf.tidy(() => tf.mul(x, tf.mul(random.bernoulli(shape, 1 - rate), 1 / (1 - rate))));
}
