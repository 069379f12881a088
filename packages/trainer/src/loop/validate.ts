import type { LiveRun } from '../run/live-run.ts';
import type { BatchSource } from '../batch/batch-source.ts';
import { checkValidation } from './check-finite.ts';
import { duringEvaluation, type TellBatch } from './during-evaluation.ts';
import { evaluate } from './evaluate.ts';
import type { Logs } from '../contract/contexts.ts';
import { noteTables, tablesOf } from '../objective/tally/tables-of.ts';
import type { ShortEpoch } from '../batch/data-promise.ts';

/** Data to evaluate after each epoch. */
export interface Validation {
  /** The prefix of its figures: `validation_`, or `validation_noisy_` if there are several. */
  readonly prefix: string;
  readonly source: BatchSource;
}

/** The figures of all validation data. If an evaluation is stopped, its figures are left out. */
export async function validate(
  live: LiveRun,
  validations: readonly Validation[],
  shortEpoch: ShortEpoch,
): Promise<Logs> {
  const before = live.stopReason;
  const stopped = (): boolean => live.stopReason !== before;
  const logs: Record<string, number> = {};
  if (validations.length === 0 || stopped()) return logs;
  await duringEvaluation(live, 'validation', validateAll);
  return logs;

  async function validateAll(tellBatch: TellBatch): Promise<void> {
    for (const { prefix, source } of validations) {
      if (stopped()) break;
      const what = 'the validation data';
      const figures = await evaluate(live, source, { tellBatch, prefix, what, shortEpoch, stopped });
      if (figures) checkValidation(figures);
      for (const [name, value] of Object.entries(figures ?? {})) logs[`${prefix}${name}`] = value;
      for (const [name, table] of Object.entries(figures ? tablesOf(figures) : {}))
        noteTables(logs, { [`${prefix}${name}`]: table });
    }
  }
}
