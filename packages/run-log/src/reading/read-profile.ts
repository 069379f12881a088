import { join, resolve } from 'node:path';
import { runFiles } from '../folder/run-files.ts';
import { profileSchema, type StepProfile } from '../folder/profile.ts';
import { checkFolder } from './check-folder.ts';
import { readJson } from './read-json.ts';

/**
 * Reads the profile of a step in a run folder. docs/run-folder.md describes it.
 *
 * @param folder - the folder that `runLog({ folder })` got
 * @returns undefined if there is none
 * @throws CantripError RUN_LOG_INVALID, which names the field; RUN_LOG_NEWER; RUN_LOG_READ; OPTION_INVALID
 * @example
 * ```ts
 * readProfile('runs/mnist')?.rows[0]; // { op: 'Conv2D', count: 21, milliseconds: 40.2, share: 0.35 }
 * ```
 */
export function readProfile(folder: string): StepProfile | undefined {
  checkFolder('readProfile', folder);
  return readJson(join(resolve(folder), runFiles.profile), profileSchema);
}
