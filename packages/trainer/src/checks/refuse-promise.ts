import { CantripError } from '@cantrip/errors';
import type { AnyPlugin } from '../contract/plugin.ts';
import { idOf } from '../contract/plugin-id.ts';

/**
 * Refuses a promise from a synchronous hook. Nothing would wait for it, and its error would be lost.
 *
 * @throws CantripError HOOK_ASYNC if the result is a promise
 */
export function refusePromise(plugin: AnyPlugin, hook: string, result: unknown): void {
  if (!isThenable(result)) return;
  Promise.resolve(result).catch(() => undefined);
  throw new CantripError('HOOK_ASYNC', {
    who: idOf(plugin),
    what: `${hook} must be synchronous, but it returned a promise`,
    fix: 'Make it synchronous, or move the asynchronous part to an on… hook',
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}
