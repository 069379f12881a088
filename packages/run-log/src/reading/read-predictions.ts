import { join, resolve } from 'node:path';
import { runFiles } from '../folder/run-files.ts';
import { predictionsSchema, type Predictions } from '../predictions/predictions.ts';
import { checkFolder } from './check-folder.ts';
import { readJson } from './read-json.ts';

/**
 * Reads what the model predicted in the last validation of a run folder. docs/run-folder.md describes it.
 *
 * @param folder - the folder that `runLog({ folder })` got
 * @returns undefined if there is none
 * @throws CantripError RUN_LOG_INVALID, which names the field; RUN_LOG_NEWER; RUN_LOG_READ; OPTION_INVALID
 * @example
 * ```ts
 * readPredictions('runs/mnist')?.parts[0]?.worst[0]; // { index: 8059, loss: 7.1, target: [2], prediction: [1], … }
 * ```
 */
export function readPredictions(folder: string): Predictions | undefined {
  checkFolder('readPredictions', folder);
  return readJson(join(resolve(folder), runFiles.predictions), predictionsSchema);
}
