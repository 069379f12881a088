import { mkdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CantripError } from '@cantrip/errors';
import { tryLock } from '@cantrip/file-lock';
import { codes } from '../error-codes.ts';
import { checkPath } from './check-path.ts';
import { reasonOf, unwritten } from './content/checkpoint-errors.ts';

/** A folder that this process owns. */
export interface FolderOwner {
  /** Lets others own it. A second call does nothing. */
  release(): void;
}

/** The folders that this process owns, links followed. */
const owned = new Set<string>();

/**
 * Makes this process the owner of a folder of checkpoints. A second owner is refused, in this process too. The lock of a process that died
 * is taken over.
 *
 * @param folder - is created if it does not exist
 * @throws CantripError CHECKPOINT_BUSY, which names the other process; CHECKPOINT_WRITE if the folder cannot be written;
 *   OPTION_INVALID
 * @example
 * ```ts
 * const owner = ownFolder('runs/mnist');
 * // write checkpoints
 * owner.release();
 * ```
 */
export function ownFolder(folder: string): FolderOwner {
  checkPath('ownFolder', folder, 'folder');
  const path = resolve(folder);
  const lock = take(path);
  if ('holder' in lock) {
    const { pid, since } = lock.holder;
    const whose = pid === process.pid ? 'another run of this process' : `process ${pid}`;
    throw new CantripError(codes.CHECKPOINT_BUSY, {
      who: 'checkpoint',
      what: `${path} is in use by ${whose}${since === '' ? '' : ` since ${since}`}`,
      fix: 'Choose another folder, or end that run first',
    });
  }
  const real = realpathSync(path);
  owned.add(real);
  return {
    release() {
      owned.delete(real);
      lock.release();
    },
  };
}

/** Whether this process owns a folder. */
export function ownsFolder(folder: string): boolean {
  try {
    return owned.has(realpathSync(folder));
  } catch {
    return false;
  }
}

function take(path: string): ReturnType<typeof tryLock> {
  try {
    mkdirSync(path, { recursive: true });
    return tryLock(join(path, 'owner.lock'));
  } catch (error) {
    const { cause = error } = error as Error;
    throw unwritten(
      path,
      `cannot be used for checkpoints: ${reasonOf(cause)}`,
      'Choose a folder that this process may write to',
      error,
    );
  }
}
