import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Does something in a new folder, which is gone afterwards: relative paths that are given end there. */
export function inEmptyFolder<T>(work: () => T): T {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'cantrip-wrong-values-'));
  process.chdir(folder);
  try {
    return work();
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  }
}
