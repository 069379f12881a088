import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isCantripError } from '@cantrip/errors';
import { ownerTag } from '@cantrip/file-lock';
import { cacheFolder, cannotWrite, makeCacheFolder } from '../runtime/files/cache-folder.ts';
import { keepTouching } from '../runtime/files/remove-leftovers.ts';
import { writeManifest } from '../runtime/manifest/manifest.ts';

/**
 * Prepares a folder next to its final place, writes a manifest of its files, and renames it.
 *
 * If the process is killed, no incomplete folder is left at the final place. An existing folder is replaced, unless
 * it is complete by then.
 *
 * @param fill - writes and tests the content of the folder
 * @throws CantripError RUNTIME_INSTALL if the disk is full or not writable
 */
export async function makeReady(
  folder: string,
  {
    fill,
    isWhole,
  }: { readonly fill: (part: string) => Promise<void>; readonly isWhole: () => Promise<boolean> },
): Promise<void> {
  const part = besideOf(folder);
  try {
    makeCacheFolder();
    mkdirSync(part);
    chmodSync(part, 0o755);
    const stopTouching = keepTouching(part);
    try {
      await fill(part);
      makeReadable(part);
      await writeManifest(part);
      // If another install finished first, its folder stays, because it was tested too.
      if (!(await isWhole())) exchange(part, folder);
    } finally {
      stopTouching();
    }
  } catch (error) {
    throw isCantripError(error) ? error : cannotWrite(cacheFolder(), error);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

/** Renames twice, so the place never has an incomplete folder. A process that has loaded the old library keeps it. */
function exchange(part: string, folder: string): void {
  const old = besideOf(folder);
  if (existsSync(folder)) renameSync(folder, old);
  renameSync(part, folder);
  rmSync(old, { recursive: true, force: true });
}

function besideOf(folder: string): string {
  return `${folder}.part-${ownerTag()}.${randomUUID().slice(0, 8)}`;
}

/** Lets all users read a folder and its files, whatever the umask is. What its owner can run, all users can run. */
function makeReadable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const found = lstatSync(path);
    if (found.isDirectory()) makeReadable(path);
    // The target of a link may lie outside of the folder, so it is not changed.
    else if (found.isFile()) chmodSync(path, found.mode & 0o100 ? 0o755 : 0o644);
  }
}
