import { checkArgument, floatTensorSchema, parseOptions } from '@cantrip/errors';
import type { RandomTensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { type DropMode, modeSchema, rateSchema } from './option-schemas.ts';

export interface DropPathOptions {
  /** The probability of dropping, in [0, 1]. 0 changes nothing. */
  readonly rate: number;
  /** What is dropped together. `row` (the default): each example by itself. `batch`: all examples. */
  readonly mode?: DropMode | undefined;
  /** The source of the mask: `random('some-name')` of the context of a model function, a hook or a wrap. */
  readonly random: Pick<RandomTensors, 'bernoulli'>;
}

const schema = v.strictObject({
  rate: rateSchema,
  mode: modeSchema,
  random: v.custom<DropPathOptions['random']>(
    (random) => typeof (random as DropPathOptions['random'] | undefined)?.bernoulli === 'function',
    "must be random('some-name') of the context",
  ),
});

/**
 * Drops the output of a residual branch at random, and scales what is kept, so the expected value stays the same:
 * `y = x * mask / (1 - rate)`, where `mask` is 1 with probability `1 - rate`. For rate 1, `y` is 0.
 *
 * Call it in training only, on the branch and not on the shortcut.
 *
 * @param x - float32 `[batch, …]`
 * @returns a tensor of the same shape, which the caller disposes
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const block = (x, { training, random }) =>
 *   tf.add(x, training ? dropPath(branch(x), { rate: 0.2, random: random('block-1') }) : branch(x));
 * ```
 * @see Huang et al., "Deep networks with stochastic depth", ECCV 2016
 */
export function dropPath<T extends tf.Tensor>(x: T, options: DropPathOptions): T {
  parseOptions('dropPath', v.object({ x: floatTensorSchema }), { x });
  checkArgument(
    'dropPath',
    'x',
    (value) => ((value as T).rank > 0 ? undefined : 'must be a tensor with a batch axis'),
    x,
  );
  const { rate, mode, random } = parseOptions('dropPath', schema, options);
  if (rate === 0) return tf.clone(x);
  const kept = 1 - rate;
  const shape = x.shape.map((size, axis) => (axis === 0 && mode === 'row' ? size : 1));
  return tf.tidy(() => {
    if (kept === 0) return tf.zerosLike(x);
    return tf.mul(x, tf.mul(random.bernoulli(shape, kept), 1 / kept));
  });
}
