import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { isWithin, type Scope, type ScopeStorage, scopeStorage } from './async-scope.ts';
import { installGenerator } from './host-generator.ts';
import { checkSeed } from './is-seed.ts';
import { type SeedReach, seedShuffle } from './seed-shuffle.ts';

/** See {@link withSeed}. */
export type WithSeed = <T>(seed: number, fn: () => T, reach?: SeedReach) => T;

/**
 * Runs a function under a seed, and restores what was before when it returns, throws, or its promise settles.
 *
 * Reaches what `seedEverything` reaches. Scopes nest, and an inner one takes no number from the outer one. In Node,
 * Bun and Deno scopes that run side by side (`Promise.all`) each draw their own numbers, and code outside of them
 * goes on as before. A browser has nothing to tell them apart: await one before the next begins. One that is seen to
 * overlap is refused, but where the second also ends before the first it looks like a nested one.
 *
 * @param seed - an integer in [0, 2^53)
 * @param fn - may be asynchronous
 * @returns what `fn` returns
 * @throws CantripError OPTION_INVALID; SEED_OVERLAP, as the promise's rejection, where asynchronous scopes overlap in
 *   a browser
 * @example
 * ```ts
 * const weights = withSeed(42, () => tf.randomNormal([2, 3])); // the same in every process
 * const history = await withSeed(42, () => model.fit(inputs, targets));
 * ```
 */
export const withSeed: WithSeed = createWithSeed(scopeStorage());

/** {@link withSeed} for a runtime with or without asynchronous context. */
export function createWithSeed(storage: ScopeStorage | undefined): WithSeed {
  // In the order in which they began.
  const open: Scope[] = [];
  return (seed, fn, reach = {}) => {
    checkSeed('withSeed', seed);
    parseOptions('withSeed', v.object({ fn: v.function() }), { fn });
    const scope: Scope = { parent: storage?.getStore() };
    const undoShuffle = seedShuffle('withSeed', reach);
    const undoRandom = installGenerator({
      seed,
      position: { draws: 0 },
      applies: storage && (() => isWithin(storage, scope)),
    });
    open.push(scope);
    const leave = (): void => {
      const last = open.at(-1) === scope;
      open.splice(open.indexOf(scope), 1);
      undoRandom();
      undoShuffle();
      if (!storage && !last) throw overlap();
    };
    return during(leave, () => (storage ? storage.run(scope, fn) : fn()));
  };
}

/** Calls `leave` when `run` has returned, thrown, or its promise has settled. */
function during<T>(leave: () => void, run: () => T): T {
  let result: T;
  try {
    result = run();
  } catch (error) {
    leave();
    throw error;
  }
  if (isPromise(result)) return Promise.resolve(result).finally(leave) as T;
  leave();
  return result;
}

function isPromise<T>(value: T): value is T & PromiseLike<Awaited<T>> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

function overlap(): CantripError {
  return new CantripError('SEED_OVERLAP', {
    who: 'withSeed',
    what: 'ended while a scope that began later was still running, so that this one drew from its numbers',
    fix: 'Await one scope before the next begins, or draw from randomStream() where they run side by side',
  });
}
