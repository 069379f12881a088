import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CantripError } from '@cantrip/errors';
import { type Lock, tryLock } from '@cantrip/file-lock';
import { codes } from '../error-codes.ts';
import { runFiles } from '../folder/run-files.ts';
import { reasonOf } from '../reading/log-errors.ts';

/**
 * Makes this run the only writer of a folder's log.
 *
 * @throws CantripError RUN_LOG_BUSY, RUN_LOG_WRITE
 */
export function ownLog(folder: string): Lock {
  const lock = take(folder);
  if ('release' in lock) return lock;
  const { pid } = lock.holder;
  throw new CantripError(codes.RUN_LOG_BUSY, {
    who: 'run-log',
    what: `${folder} is in use by ${pid === process.pid ? 'another run of this process' : `process ${pid}`}`,
    fix: 'Choose another folder, or end that run first',
  });
}

function take(folder: string): ReturnType<typeof tryLock> {
  try {
    mkdirSync(folder, { recursive: true });
    return tryLock(join(folder, runFiles.lock));
  } catch (error) {
    throw new CantripError(codes.RUN_LOG_WRITE, {
      who: 'run-log',
      what: `${folder} cannot be used for a log: ${reasonOf((error as Error).cause ?? error)}`,
      fix: 'Choose a folder that this process may write to',
      cause: error,
    });
  }
}
