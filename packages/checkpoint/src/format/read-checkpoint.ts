import fs from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isCantripError } from '@cantrip/errors';
import { checkPath } from './check-path.ts';
import { codeOf, unreadable } from './content/checkpoint-errors.ts';
import { placeOf } from './folder/place-of.ts';
import { readFolder } from './folder/read-folder.ts';
import type { SavedRun } from './content/saved-run.ts';

/** How often a checkpoint is read again that was replaced while it was read. */
const mostTries = 20;

/**
 * How often nothing must be found in a row. While a checkpoint is replaced, the list of names beside it may lack it under both of
 * its names, and two replacements may be met one after the other.
 */
const mostAbsences = 5;

/**
 * Reads a checkpoint folder. Everything is checked before anything is returned: the names and sizes of the files, their sha256, the
 * manifest's own sha256 and its form, and that the files hold exactly the tensors that the manifest names. Links within the
 * folder are refused.
 *
 * A checkpoint that another process replaces meanwhile is read as it was before or as it is afterwards.
 *
 * @param path - the folder
 * @returns what was written, equal to the bit
 * @throws CantripError CHECKPOINT_INVALID if it is not what was written; CHECKPOINT_READ if it is not there or cannot be read;
 *   OPTION_INVALID
 * @example
 * ```ts
 * const { snapshot } = await readCheckpoint('runs/mnist/step-0000001200');
 * trainer.restore(snapshot);
 * ```
 */
export async function readCheckpoint(path: string): Promise<SavedRun> {
  checkPath('readCheckpoint', path);
  const target = resolve(path);
  let absences = 0;
  for (let tries = 1; ; tries++) {
    const place = await placeOf(target);
    const before = await identityOf(place);
    try {
      return await readFolder(place);
    } catch (error) {
      if (!isCantripError(error) || tries === mostTries) throw error;
      absences = before === nothing ? absences + 1 : 0;
      const unchanged = (await identityOf(place)) === before;
      if (unchanged && (before !== nothing || absences === mostAbsences)) throw error;
      await pause(tries);
    }
  }
}

const nothing = 'nothing is there';

/** A text that changes when another folder comes to a path. The number of a folder may be given to the next one. */
async function identityOf(path: string): Promise<string> {
  try {
    const { dev, ino, ctimeNs } = await fs.stat(path, { bigint: true });
    return `${dev} ${ino} ${ctimeNs}`;
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? nothing : String(unreadable(path, error).what);
  }
}
