import { randomUUID } from 'node:crypto';
import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { ownerTag } from '@cantrip/file-lock';
import { removeLeftovers } from './remove-leftovers.ts';

/**
 * Writes a temporary file next to its place and renames it. Readers find the old file or the new one, never a part,
 * however many processes write. It also removes what killed writers left.
 */
export function writeWhole(path: string, content: string): void {
  const part = `${path}.part-${ownerTag()}.${randomUUID().slice(0, 8)}`;
  try {
    writeFileSync(part, content, { flag: 'wx' });
    // Other users may share the cache, whatever the umask is.
    chmodSync(part, 0o644);
    renameSync(part, path);
  } finally {
    rmSync(part, { force: true });
  }
  removeLeftovers(dirname(path), partsOf(basename(path)));
}

function partsOf(name: string): RegExp {
  return new RegExp(`^${name.replaceAll('.', String.raw`\.`)}\\.part-([^.]*)`);
}
