import { CantripError } from '@cantrip/errors';

/**
 * Refuses a promise from a synchronous hook or function. Nothing would wait for it, and its error would be lost.
 *
 * @param who - the plugin's id, or what else the function belongs to
 * @throws CantripError HOOK_ASYNC if the result is a promise
 */
export function refusePromise(who: string, hook: string, result: unknown): void {
  if (!isThenable(result)) return;
  Promise.resolve(result).catch(() => undefined);
  throw new CantripError('HOOK_ASYNC', {
    who,
    what: `${hook} must be synchronous, but it returned a promise`,
    fix: 'Make it synchronous, or move the asynchronous part to an on… hook',
  });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}
