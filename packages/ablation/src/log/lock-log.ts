import { CantripError } from '@cantrip/errors';
import { tryLock } from '@cantrip/file-lock';

/**
 * Takes the lock of a log, which only one process can hold at a time. A lock of a dead process is taken over.
 *
 * @returns a function that releases it
 * @throws CantripError ABLATION_BUSY if a living process holds it
 */
export function lockLog(path: string): () => void {
  const lock = tryLock(`${path}.lock`);
  if ('release' in lock) return () => lock.release();
  const { pid, host } = lock.holder;
  throw new CantripError('ABLATION_BUSY', {
    who: 'ablate',
    what: `process ${pid}${host === undefined ? '' : ` on ${host}`} is writing to ${path}`,
    fix: 'Wait until it ends, or use another folder',
  });
}
