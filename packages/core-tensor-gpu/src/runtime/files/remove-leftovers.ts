import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { ownerLiveness } from '@cantrip/file-lock';

/** How long a leftover whose owner can't be seen must lie untouched, in milliseconds. */
const day = 24 * 60 * 60 * 1000;

/** How often a living owner touches what it works on, in milliseconds. */
const touchEvery = 10 * 60 * 1000;

/**
 * Removes from a folder what killed processes left there: names that match, whose first group is the tag of its owner as
 * `ownerTag` of `@cantrip/file-lock` gives it. What a living process works on stays however old it is; where nobody can
 * tell whether the owner lives, a day without a touch decides.
 */
export function removeLeftovers(folder: string, pattern: RegExp): void {
  for (const name of namesIn(folder)) {
    const match = pattern.exec(name);
    if (match === null || !isLeft(join(folder, name), match[1] ?? '')) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // Another one removes it just now, or it is not ours to remove.
    }
  }
}

/**
 * Touches a file or folder for as long as this process works on it, so that processes that can't see it know that it lives.
 *
 * @returns how to stop
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
    // It is a help for others alone; the next one may go through.
  }
}
