import { CantripError } from '@cantrip/errors';
import type { AnyPlugin } from '../contract/plugin.ts';

/**
 * Nobody waits for what a synchronous hook returns, nor hears what it is rejected with.
 *
 * @throws CantripError HOOK_ASYNC where it is a promise
 */
export function refusePromise(plugin: AnyPlugin, hook: string, result: unknown): void {
  if (!isThenable(result)) return;
  Promise.resolve(result).catch(() => undefined);
  throw new CantripError('HOOK_ASYNC', {
    who: plugin.name,
    what: `${hook} returned a promise`,
    fix: 'Make it synchronous, or do the waiting in an on… hook',
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}
