import type { Stats } from 'node:fs';
import fs from 'node:fs/promises';
import { codeOf } from '../content/checkpoint-errors.ts';

/** What is at a path, links not followed; undefined if there is nothing. */
export async function lookAt(path: string): Promise<Stats | undefined> {
  try {
    return await fs.lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The names in a folder; none if there is no folder. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await fs.readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
