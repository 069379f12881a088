import {
  closeSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { CantripError } from '@cantrip/errors';
import { checkPath } from './check-path.ts';
import { listen, removeSocket } from './life-line.ts';
import { holderLives, type LockHolder, newHolder, readHolder } from './lock-holder.ts';

/** A lock that this process holds. */
export interface Lock {
  /** Releases the lock; a second call does nothing. */
  release(): void;
}

/** The reason why a lock was not taken. */
export interface Busy {
  readonly holder: LockHolder;
}

/** The time between two touches of a lock by its holder, in milliseconds. */
const touchEvery = 5 * 60 * 1000;

/** The maximum time to wait for another process that takes over the lock, in milliseconds. */
const patience = 5000;

/**
 * Takes a lock that only one process can hold at a time, or says who holds it.
 *
 * The lock is a file that is created with its full content. A lock of a dead process is taken over. For this, a
 * process must first hold a second lock for exactly this takeover, check again, and replace the old file by its own.
 * So only one of several processes wins.
 *
 * Process number, start time, machine and boot of the machine decide whether a holder is dead. For a process in
 * another container of this machine, its socket is asked. A process on another machine is dead after an hour without
 * a touch.
 *
 * @param path - the file of the lock, in an existing folder
 * @throws CantripError OPTION_INVALID; LOCK_FAILED if the file cannot be written or read, with the error of the file
 *   system as its cause
 * @example
 * ```ts
 * const lock = tryLock('results/runs.jsonl.lock');
 * if ('holder' in lock) console.log(`process ${lock.holder.pid} is at it`);
 * else lock.release();
 * ```
 */
export function tryLock(path: string): Lock | Busy {
  checkPath('tryLock', path);
  const file = resolve(path);
  try {
    return takeOrTell(file);
  } catch (cause) {
    throw failed(file, cause);
  }
}

function takeOrTell(file: string): Lock | Busy {
  const deadline = Date.now() + patience;
  for (;;) {
    const found = readHolder(file);
    if (found === undefined) {
      const lock = take(file, (me) => create(file, me));
      if (lock !== undefined) return lock;
    } else if (holderLives(file, found)) {
      // A file that names no process is being written right now.
      if (found.pid !== 0) return { holder: found };
      pause();
    } else {
      const heir = inherit(file, found);
      if ('release' in heir) return heir;
      if (Date.now() > deadline) return heir;
      pause();
    }
  }
}

function inherit(file: string, dead: LockHolder): Lock | Busy {
  const right = takeOrTell(`${file}.${dead.token}.heir`);
  if ('holder' in right) return right;
  try {
    const isStillThere = (): boolean => readHolder(file)?.token === dead.token;
    const lock = isStillThere() ? take(file, (me) => replace(file, me)) : undefined;
    if (lock === undefined) return { holder: dead };
    removeSocket(file, dead.token);
    rmSync(partOf(file, dead.token), { force: true });
    return lock;
  } finally {
    right.release();
  }
}

/** Starts to listen first, so the lock never names a holder that does not answer yet. */
function take(file: string, write: (me: LockHolder) => boolean): Lock | undefined {
  const me = newHolder();
  const stopListening = listen(file, me.token);
  let taken = false;
  try {
    taken = write(me);
  } finally {
    if (!taken) stopListening();
  }
  if (!taken) return undefined;
  const touch = setInterval(() => touchFile(file, me), touchEvery).unref();
  let held = true;
  return {
    release() {
      if (!held) return;
      held = false;
      clearInterval(touch);
      if (readHolder(file)?.token === me.token) rmSync(file, { force: true });
      stopListening();
    },
  };
}

/** Creates the file with its full content, but only if it does not exist yet. */
function create(file: string, me: LockHolder): boolean {
  const part = partOf(file, me.token);
  writeFileSync(part, textOf(me), { flag: 'wx' });
  try {
    linkSync(part, file);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'EACCES', 'UNKNOWN'].includes(code))
      throw error;
    return createWithoutLink(file, me);
  } finally {
    rmSync(part, { force: true });
  }
}

/** For file systems without links. The file is empty for a moment, for which readers wait. */
function createWithoutLink(file: string, me: LockHolder): boolean {
  try {
    const handle = openSync(file, 'wx');
    try {
      writeSync(handle, textOf(me));
    } finally {
      closeSync(handle);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function replace(file: string, me: LockHolder): boolean {
  const part = partOf(file, me.token);
  writeFileSync(part, textOf(me), { flag: 'wx' });
  renameSync(part, file);
  return true;
}

function partOf(file: string, token: string): string {
  return `${file}.${token}.part`;
}

function textOf({ touched: _, ...told }: LockHolder): string {
  return `${JSON.stringify(told)}\n`;
}

function touchFile(file: string, me: LockHolder): void {
  try {
    if (readHolder(file)?.token === me.token) utimesSync(file, new Date(), new Date());
  } catch {
    // Touching only helps other processes. If it fails, the next touch may work.
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 + Math.random() * 5);
}

function failed(file: string, cause: unknown): CantripError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new CantripError('LOCK_FAILED', {
    who: 'tryLock',
    what:
      code === 'ENOENT'
        ? `the folder of ${file} does not exist`
        : `${file} cannot be written (${code === 'EINVAL' ? 'a pipe or a device' : (code ?? message)})`,
    fix: 'Pass a path in an existing folder that this process may write to',
    cause,
  });
}
