import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Does something in a new folder, which is gone afterwards: relative paths that are given end there. A promise is waited for.
 */
export function inEmptyFolder<T>(work: () => T): T {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'cantrip-wrong-values-'));
  // A path that leads upwards ends in the folder too.
  mkdirSync(join(folder, 'inside'));
  process.chdir(join(folder, 'inside'));
  const leave = (): void => {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  };
  let result: T | undefined;
  try {
    result = work();
    return result instanceof Promise ? (result.finally(leave) as T) : result;
  } finally {
    if (!(result instanceof Promise)) leave();
  }
}
