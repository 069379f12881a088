import { join, resolve } from 'node:path';
import { isCantripError } from '@cantrip/errors';
import { checkPath } from './check-path.ts';
import { stepOfName } from './checkpoint-name.ts';
import { invalid, unreadable } from './content/checkpoint-errors.ts';
import { parseBesideName } from './folder/beside-name.ts';
import { namesIn } from './folder/look-at.ts';
import { readCheckpoint } from './read-checkpoint.ts';
import type { SavedRun } from './content/saved-run.ts';

/** A checkpoint that was not taken. */
export interface PassedOver {
  readonly path: string;
  /** The reason, as the error of reading it says. */
  readonly why: string;
}

export interface FoundCheckpoint {
  readonly path: string;
  readonly saved: SavedRun;
}

export interface Newest {
  /** Absent if no checkpoint of the folder can be used. */
  readonly found?: FoundCheckpoint;
  /** The newer ones, the newest first. */
  readonly passedOver: readonly PassedOver[];
}

/**
 * Reads the newest checkpoint of a folder that is whole.
 *
 * The newest one is that of the highest step, which its name and its manifest must agree on. No clock is asked. Names that are not
 * those of checkpoints are skipped.
 *
 * @param folder - the folder of the checkpoints; one that does not exist holds none
 * @returns the checkpoint, and the newer ones that are not whole or cannot be read, each with the reason
 * @throws CantripError CHECKPOINT_READ if the folder itself cannot be read; OPTION_INVALID
 * @example
 * ```ts
 * const { found, passedOver } = await newestCheckpoint('runs/mnist');
 * found?.path; // /home/you/runs/mnist/step-0000001200
 * for (const { path, why } of passedOver) console.log(path, why);
 * ```
 */
export async function newestCheckpoint(folder: string): Promise<Newest> {
  checkPath('newestCheckpoint', folder, 'folder');
  const passedOver: PassedOver[] = [];
  for (const { name, step } of await checkpointsIn(resolve(folder))) {
    const path = join(resolve(folder), name);
    try {
      const saved = await readCheckpoint(path);
      const { step: inside } = saved.snapshot.position;
      if (inside !== step)
        throw invalid(path, `is the checkpoint of step ${inside} under the name of another step`);
      return { found: { path, saved }, passedOver };
    } catch (error) {
      if (!isCantripError(error)) throw error;
      passedOver.push({ path, why: error.what });
    }
  }
  return { passedOver };
}

/** The checkpoints of a folder by their names, the one of the highest step first. */
export async function checkpointsIn(
  folder: string,
): Promise<readonly { readonly name: string; readonly step: number }[]> {
  let names: readonly string[];
  try {
    names = await namesIn(folder);
  } catch (error) {
    throw unreadable(folder, error);
  }
  const known = new Set(names.map((name) => baseOf(name)));
  return [...known]
    .flatMap((name) => {
      const step = name === undefined ? undefined : stepOfName(name);
      return name === undefined || step === undefined ? [] : [{ name, step }];
    })
    .sort((left, right) => right.step - left.step);
}

/** The checkpoint that a name stands for. One that was about to be replaced stands for itself. */
function baseOf(name: string): string | undefined {
  const beside = parseBesideName(name);
  if (!beside) return name;
  return beside.kind === 'replaced' ? beside.base : undefined;
}
