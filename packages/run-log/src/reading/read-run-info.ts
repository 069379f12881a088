import { runInfoSchema, type RunInfo } from '../folder/run-info.ts';
import { readJson } from './read-json.ts';

/**
 * Reads run.json.
 *
 * @returns undefined if there is none
 * @throws CantripError RUN_LOG_INVALID, RUN_LOG_NEWER, RUN_LOG_READ
 */
export const readRunInfo = (path: string): RunInfo | undefined => readJson(path, runInfoSchema);
