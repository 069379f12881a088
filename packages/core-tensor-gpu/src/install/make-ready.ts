import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isCantripError } from '@cantrip/errors';
import { ownerTag } from '@cantrip/file-lock';
import { cacheFolder, cannotWrite, makeCacheFolder } from '../runtime/files/cache-folder.ts';
import { keepTouching } from '../runtime/files/remove-leftovers.ts';
import { writeManifest } from '../runtime/manifest/manifest.ts';

/**
 * Makes a folder ready beside its place, notes every file of it in a manifest, and renames it into its place: whoever is
 * killed on the way leaves nothing where it would be found. What is there already is replaced, unless it has become whole.
 *
 * @param fill - lays out and proves what the folder shall hold
 * @throws CantripError RUNTIME_INSTALL where the disk is full or may not be written to
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
      // Where another install was quicker, its folder stays: it was proved, too.
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

/** Two renames: at no moment is a half there. A process that has the old library loaded keeps it. */
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
