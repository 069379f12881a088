import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ownerTag } from '@cantrip/file-lock';
import { cacheFolder, cannotWrite, makeCacheFolder } from './cache-folder.ts';
import { keepTouching, removeLeftovers } from './remove-leftovers.ts';

/** Where a program is run that must find nothing of others. */
export interface WorkFolder {
  /** An empty folder to start in. */
  readonly start: string;
  /** Another one for what the program puts aside: beside what it installs, since `/tmp` is often small. */
  readonly aside: string;
}

/** Runs something in new empty folders of the cache, and removes them. */
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

/** Removes from the cache what killed installs left there. */
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
