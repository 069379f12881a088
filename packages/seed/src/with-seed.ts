import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { isWithin, type Scope, type ScopeStorage, scopeStorage } from './async-scope.ts';
import { installGenerator } from './host-generator.ts';
import { checkSeed } from './is-seed.ts';
import { type SeedReach, seedShuffle } from './seed-shuffle.ts';

/** See {@link withSeed}. */
export type WithSeed = <T>(seed: number, fn: () => T, reach?: SeedReach) => T;

/**
 * Runs a function with a seed. Restores the previous `Math.random` when the function returns, throws, or its promise
 * settles.
 *
 * It seeds the same things as `seedEverything`. Calls can be nested; an inner call does not draw from the outer one.
 * In Node, Bun and Deno, calls that run at the same time (`Promise.all`) have separate numbers, and code outside is
 * not affected. A browser cannot separate them: await one call before the next begins. Overlapping calls throw
 * SEED_OVERLAP there, except if the second ends before the first, which looks like a nested call.
 *
 * @param seed - an integer in [0, 2^53)
 * @param fn - may be asynchronous
 * @returns what `fn` returns
 * @throws CantripError OPTION_INVALID; SEED_OVERLAP, as a rejection, if asynchronous calls overlap in a browser
 * @example
 * ```ts
 * const weights = withSeed(42, () => tf.randomNormal([2, 3])); // the same in every process
 * const history = await withSeed(42, () => model.fit(inputs, targets));
 * ```
 */
export const withSeed: WithSeed = createWithSeed(scopeStorage());

/** Makes {@link withSeed} for a runtime with or without asynchronous context. */
export function createWithSeed(storage: ScopeStorage | undefined): WithSeed {
  // Open scopes, in order of their start.
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
    what: 'overlapped with a later call of withSeed, so its random numbers are mixed with those of the other call',
    fix: 'Await one call before the next begins, or use randomStream() in code that runs at the same time',
  });
}
