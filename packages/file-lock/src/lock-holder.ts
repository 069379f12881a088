import { createHash, randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import {
  type Liveness,
  livenessOf,
  livenessOfNumber,
  type ProcessIdentity,
  thisProcess,
} from './process-identity.ts';
import { isListening } from './life-line.ts';
import { ordinaryText } from './read-ordinary-file.ts';

/** The holder of a lock, as its file says. */
export interface LockHolder extends Partial<ProcessIdentity> {
  readonly pid: number;
  /** A token that is different each time the lock is taken. */
  readonly token: string;
  /** When the lock was taken, ISO 8601; empty if the file does not say. */
  readonly since: string;
  /** When its file was last touched, in milliseconds since 1970. */
  readonly touched: number;
}

/** For this many milliseconds, an empty file counts as one that is being written. */
const writingTime = 2000;

/** For this many milliseconds, a holder that cannot be seen may leave its lock untouched. */
const silence = 60 * 60 * 1000;

/** Describes this process as a new holder. */
export function newHolder(): LockHolder & ProcessIdentity {
  const now = new Date();
  const token = randomUUID().slice(0, 13);
  return { ...thisProcess(), token, since: now.toISOString(), touched: now.getTime() };
}

/** Reads a lock's file; undefined if there is none. */
export function readHolder(path: string): LockHolder | undefined {
  try {
    const text = ordinaryText(path);
    const { mtimeMs, ino } = statSync(path);
    return parse(text, Math.round(mtimeMs), ino);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether the holder of a lock still runs. If this cannot be known, the time since its last touch decides. */
export function holderLives(path: string, holder: LockHolder): boolean {
  const liveness = livenessOfHolder(holder);
  if (liveness !== 'unknown') return liveness === 'alive';
  const answer = isListening(path, holder.token);
  return answer ?? Date.now() - holder.touched < silence;
}

function livenessOfHolder(holder: LockHolder): Liveness {
  const { pid, started, host, boot, namespace, touched } = holder;
  // The file names no process. Its writer died while writing, or is about to write.
  if (pid === 0) return Date.now() - touched < writingTime ? 'alive' : 'gone';
  if (started === undefined || host === undefined || boot === undefined || namespace === undefined) {
    return livenessOfNumber(pid, touched);
  }
  return livenessOf({ pid, started, host, boot, namespace });
}

/** Parses a lock's file. One written by another version or program may hold only a process number, or nothing. */
function parse(text: string, touched: number, inode: number): LockHolder {
  const token = createHash('sha256').update(`${text} ${touched} ${inode}`).digest('hex').slice(0, 13);
  const unknown = { pid: Number.parseInt(text, 10) || 0, token, since: '', touched };
  try {
    const told: unknown = JSON.parse(text);
    return isTold(told) ? { ...told, touched } : unknown;
  } catch {
    return unknown;
  }
}

function isTold(value: unknown): value is Omit<LockHolder, 'touched'> {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, token, since, started, host, boot, namespace } = value as Record<string, unknown>;
  const texts = [since, host, boot, namespace];
  return (
    Number.isSafeInteger(pid) &&
    Number.isFinite(started) &&
    texts.every((text) => typeof text === 'string') &&
    // The token becomes part of a file name.
    typeof token === 'string' &&
    /^[\w-]{1,40}$/.test(token)
  );
}
