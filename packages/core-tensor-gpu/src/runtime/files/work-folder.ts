import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ownerTag } from '@cantrip/file-lock';
import { cacheFolder, cannotWrite, makeCacheFolder } from './cache-folder.ts';
import { keepTouching, removeLeftovers } from './remove-leftovers.ts';

/** Folders for a program that must not find other files. */
export interface WorkFolder {
  /** An empty folder to start in. */
  readonly start: string;
  /** A folder for temporary files. It is on the same disk as the install, because `/tmp` is often small. */
  readonly aside: string;
}

/** Runs `work` in new empty folders of the cache, and removes them afterwards. */
export async function inWorkFolder<T>(work: (folder: WorkFolder) => Promise<T>): Promise<T> {
  const folder = makeFolder();
  const stopTouching = keepTouching(folder);
  try {
    const [start, aside] = [join(folder, 'start'), join(folder, 'aside')];
    for (const path of [start, aside]) mkdirSync(path);
    return await work({ start, aside });
  } finally {
    stopTouching();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Removes what killed installs left in the cache. */
export function tidyCache(): void {
  removeLeftovers(cacheFolder(), /^(?:cantrip-empty-|tensorflow-.*\.part-)([^.]*)/);
}

function makeFolder(): string {
  try {
    return mkdtempSync(join(makeCacheFolder(), `cantrip-empty-${ownerTag()}.`));
  } catch (error) {
    throw cannotWrite(cacheFolder(), error);
  }
}
