import { installGenerator } from './host-generator.ts';
import { checkSeed } from './is-seed.ts';
import { type SeedReach, seedShuffle } from './seed-shuffle.ts';

/**
 * Makes all that draws from `Math.random` follow one seed, until the returned function is called.
 *
 * In TensorFlow.js that is: initial weights, dropout and noise layers, every `tf.random…` op and `tf.multinomial`
 * without a seed, on every device, `tf.util.shuffle`, and so the shuffling of `model.fit`; with `data` also the
 * `shuffle` of `tf.data`. The numbers come from Philox 4x32-10 and depend on the seed and on the order of drawing.
 * Of several, the latest one that is not undone answers.
 *
 * @param seed - an integer in [0, 2^53); 0 is a seed like any other
 * @returns how to undo it: `Math.random` is then the very function that it was
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const undo = seedEverything(42, { data: tf.data });
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
