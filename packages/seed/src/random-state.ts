import { CantripError, describe } from '@cantrip/errors';
import { currentGenerator, type HostGenerator } from './host-generator.ts';
import { isSeed } from './is-seed.ts';

/** The state of the seeded `Math.random`, as plain data that you can store as JSON. */
export interface RandomState {
  readonly seed: number;
  /** The number of random numbers drawn since the seed was set. */
  readonly draws: number;
}

/**
 * Returns the state of `Math.random`, seeded by `seedEverything`, `withSeed` or the plugin `seed`.
 *
 * A trainer saves this state with the run. Streams by name have no state to save: their numbers depend on seed and
 * step.
 *
 * @throws CantripError RANDOM_UNSEEDED if no seed is set
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
 * Sets the seeded `Math.random` to a state that `randomState` returned, in this process or another.
 *
 * @throws CantripError RANDOM_UNSEEDED if no seed is set; OPTION_INVALID if `state` is not such a state
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
      fix: 'Pass a state that randomState() returned',
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
    what: 'no seed is set, so Math.random has no state',
    fix: 'Call seedEverything(seed) first, or call this inside withSeed(seed, fn)',
  });
}
