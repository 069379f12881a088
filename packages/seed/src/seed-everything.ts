import { CantripError, describe } from '@cantrip/errors';
import { installHostRandom, randomStream } from '@cantrip/core-tensor-gpu/random';
import { isSeed, seedExpected } from './is-seed.ts';

/**
 * Makes all that draws from `Math.random` follow one seed, until the returned function is called.
 *
 * In TensorFlow.js that is: initial weights, dropout and noise layers, every `tf.random…` op without a seed,
 * `tf.util.shuffle`, and so the shuffling of `model.fit`. The numbers come from Philox 4x32-10 and depend on the
 * seed and on the order of drawing. Not reached: `shuffle` of `tf.data` without a seed of its own.
 *
 * @param seed - an integer in [0, 2^53); 0 is a seed like any other
 * @returns how to undo it: `Math.random` is then the very function that it was
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const undo = seedEverything(42);
 * tf.randomUniform([2]).arraySync(); // the same two numbers in every process
 * undo();
 * ```
 */
export function seedEverything(seed: number): () => void {
  if (!isSeed(seed)) {
    throw new CantripError('OPTION_INVALID', {
      who: 'seedEverything',
      what: `seed ${seedExpected}, got ${describe(seed)}`,
      fix: 'Give it such a seed, e.g. seedEverything(42)',
    });
  }
  return installHostRandom(randomStream({ seed, stream: 'seed-everything' }));
}
