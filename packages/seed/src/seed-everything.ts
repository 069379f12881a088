import { installGenerator } from './host-generator.ts';
import { checkSeed } from './is-seed.ts';
import { type SeedReach, seedShuffle } from './seed-shuffle.ts';

/**
 * Seeds `Math.random`, and everything that draws from it, until the returned function is called.
 *
 * In TensorFlow.js this covers initial weights, dropout and noise layers, every `tf.random…` op and `tf.multinomial`
 * without a seed, `tf.util.shuffle`, and the shuffling of `model.fit`. With `data`, it also covers the `shuffle` of
 * `tf.data`. The numbers come from Philox 4x32-10. They depend on the seed and the order of the draws. If you call
 * it several times, the latest call that is not undone counts.
 *
 * @param seed - an integer in [0, 2^53); 0 is allowed
 * @returns a function that undoes it: `Math.random` is then the original function again
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const undo = seedEverything(42);
 * tf.randomUniform([2]).arraySync(); // the same two numbers in every process
 * undo();
 * ```
 */
export function seedEverything(seed: number, reach: SeedReach = {}): () => void {
  checkSeed('seedEverything', seed);
  const undoShuffle = seedShuffle('seedEverything', reach);
  const undoRandom = installGenerator({ seed, position: { draws: 0 } });
  return () => {
    undoRandom();
    undoShuffle();
  };
}
