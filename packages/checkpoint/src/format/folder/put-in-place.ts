import fs from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '@cantrip/file-lock';
import { codeOf } from '../content/checkpoint-errors.ts';
import { newBesideName } from './beside-name.ts';
import { removeOrLeave } from './leftovers.ts';

/** How often it is tried again if another writer was faster. */
const mostTries = 5;

type Aside = ReturnType<typeof newBesideName>;

/**
 * Renames a finished folder to its path. A checkpoint that is there is renamed first, to a name that readers take for it while
 * nothing is at its path. So at each instant, the old or the new one is found.
 */
export async function putInPlace(finished: string, path: string): Promise<void> {
  const asides: Aside[] = [];
  try {
    for (let tries = 1; !(await renameIfFree(finished, path)); tries++) {
      if (tries > mostTries)
        throw Object.assign(new Error('other processes write it too'), { code: 'EBUSY' });
      const aside = newBesideName(path, 'replaced');
      asides.push(aside);
      await renameIfThere(path, aside.path);
    }
    await syncFolder(dirname(path));
    for (const { path: aside } of asides) await removeOrLeave(aside);
  } catch (error) {
    for (const { path: aside } of asides.reverse())
      if (await renameIfFree(aside, path).catch(() => false)) break;
    throw error;
  } finally {
    for (const { done } of asides) done();
  }
}

/** @returns whether the path was free */
export async function renameIfFree(from: string, to: string): Promise<boolean> {
  try {
    await fs.rename(from, to);
    return true;
  } catch (error) {
    // Windows has no code of its own for this.
    const taken = ['ENOTEMPTY', 'EEXIST', ...(process.platform === 'win32' ? ['EPERM', 'EACCES'] : [])];
    if (taken.includes(codeOf(error))) return false;
    throw error;
  }
}

/** Another writer may have renamed it meanwhile. */
async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await fs.rename(from, to);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}
