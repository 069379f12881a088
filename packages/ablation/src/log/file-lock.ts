import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { CantripError } from '@cantrip/errors';

/**
 * Takes a lock that one process can hold at a time; one that a dead process left is taken over.
 *
 * @returns how to give it back
 * @throws CantripError ABLATION_BUSY where a living process holds it
 */
export function lockFile(path: string): () => void {
  if (!take(path)) {
    const holder = Number(readFileSync(path, 'utf8'));
    if (isAlive(holder)) {
      throw new CantripError('ABLATION_BUSY', {
        who: 'ablate',
        what: `process ${holder} is writing to ${path.replace(/\.lock$/, '')}`,
        fix: 'Wait for it, or give another folder',
      });
    }
    rmSync(path, { force: true });
    take(path);
  }
  return () => rmSync(path, { force: true });
}

function take(path: string): boolean {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
