import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { isCantripError } from '@cantrip/errors';
import { ownerTag } from '@cantrip/file-lock';
import { cacheFolder, cannotWrite, makeCacheFolder } from '../runtime/files/cache-folder.ts';
import { makeReadable } from '../runtime/files/make-readable.ts';
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
