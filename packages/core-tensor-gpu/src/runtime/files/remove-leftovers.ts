import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { ownerLiveness } from '@cantrip/file-lock';

/** The time after which a leftover of an unknown owner is removed, in milliseconds since it was last touched. */
const day = 24 * 60 * 60 * 1000;

/** The interval at which an owner touches its work, in milliseconds. */
const touchEvery = 10 * 60 * 1000;

/**
 * Removes what killed processes left in a folder.
 *
 * It considers names that match the pattern, whose first group is the owner's tag from `ownerTag` of
 * `@cantrip/file-lock`. The work of a running process stays, however old it is. If nobody can tell whether the owner
 * is running, it is removed after a day without a touch.
 */
export function removeLeftovers(folder: string, pattern: RegExp): void {
  for (const name of namesIn(folder)) {
    const match = pattern.exec(name);
    if (match === null || !isLeft(join(folder, name), match[1] ?? '')) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // Another process is removing it, or it belongs to someone else.
    }
  }
}

/**
 * Touches a file or folder at intervals while this process works on it. Processes that cannot see this one then know
 * that it is running.
 *
 * @returns a function that stops this
 */
export function keepTouching(path: string): () => void {
  const timer = setInterval(() => touch(path), touchEvery).unref();
  return () => clearInterval(timer);
}

function isLeft(path: string, tag: string): boolean {
  const liveness = ownerLiveness(tag);
  if (liveness !== 'unknown') return liveness === 'gone';
  try {
    return Date.now() - statSync(path).mtimeMs > day;
  } catch {
    return false;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // This only helps other processes, so an error is ignored. The next touch may succeed.
  }
}
