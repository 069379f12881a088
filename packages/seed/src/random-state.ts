import { CantripError, describe } from '@cantrip/errors';
import { currentGenerator, type HostGenerator } from './host-generator.ts';
import { isSeed } from './is-seed.ts';

/** Where the seeded `Math.random` stands, as plain data: survives JSON. */
export interface RandomState {
  readonly seed: number;
  /** Numbers drawn since the seed was set. */
  readonly draws: number;
}

/**
 * Where the `Math.random` stands that `seedEverything`, `withSeed` or the plugin has seeded.
 *
 * A trainer saves it with the run by itself. Streams by name need no saving: their numbers follow from seed and step.
 *
 * @throws CantripError RANDOM_UNSEEDED where nothing is seeded
 * @example
 * ```ts
 * const undo = seedEverything(42);
 * Math.random();
 * randomState(); // { seed: 42, draws: 1 }
 * ```
 */
export function randomState(): RandomState {
  const { seed, position } = requireGenerator('randomState');
  return { seed, draws: position.draws };
}

/**
 * Puts the seeded `Math.random` where a state was taken, in this process or another.
 *
 * @throws CantripError RANDOM_UNSEEDED where nothing is seeded, OPTION_INVALID where it is no such state
 * @example
 * ```ts
 * const undo = seedEverything(0);
 * restoreRandomState({ seed: 42, draws: 1 });
 * Math.random(); // the second number of seed 42
 * ```
 */
export function restoreRandomState(state: RandomState): void {
  if (
    !isSeed(state?.seed) ||
    !Number.isSafeInteger(state.draws) ||
    state.draws < 0 ||
    state.draws >= 2 ** 52 ||
    Object.keys(state).length > 2
  ) {
    throw new CantripError('OPTION_INVALID', {
      who: 'restoreRandomState',
      what: `state must be { seed, draws } of randomState(), got ${describe(state)}`,
      fix: 'Give what randomState() returned',
    });
  }
  const generator = requireGenerator('restoreRandomState');
  generator.seed = state.seed;
  generator.position.draws = state.draws;
}

function requireGenerator(who: string): HostGenerator {
  const generator = currentGenerator();
  if (generator) return generator;
  throw new CantripError('RANDOM_UNSEEDED', {
    who,
    what: 'no seed is set, so that there is no state',
    fix: 'Call seedEverything(seed) first, or do it inside of withSeed(seed, fn)',
  });
}
