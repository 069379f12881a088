import { CantripError } from '@cantrip/errors';
import { tryLock } from '@cantrip/file-lock';

/**
 * Takes the lock of a log, which one process can hold at a time; one that a dead process left is taken over.
 *
 * @returns how to give it back
 * @throws CantripError ABLATION_BUSY where a living process holds it
 */
export function lockLog(path: string): () => void {
  const lock = tryLock(`${path}.lock`);
  if ('release' in lock) return () => lock.release();
  const { pid, host } = lock.holder;
  throw new CantripError('ABLATION_BUSY', {
    who: 'ablate',
    what: `process ${pid}${host === undefined ? '' : ` on ${host}`} is writing to ${path}`,
    fix: 'Wait for it, or give another folder',
  });
}
