import type { Logs } from '../contract/contexts.ts';
import type { ShortEpoch } from '../batch/data-promise.ts';
import type { ContextOf } from '../hooks/call-schedule-scalars.ts';
import { tablesOf } from '../objective/tally/tables-of.ts';
import type { LiveRun } from '../run/live-run.ts';
import { changeAndTell } from '../run/telling.ts';
import { statesBefore } from '../step/states-before.ts';
import { checkParameters } from './check-finite.ts';
import type { LossWatch } from './loss-watch.ts';
import { validate, type Validation } from './validate.ts';

/** What a validation within an epoch needs from `fit`. */
export interface Validating {
  readonly live: LiveRun;
  readonly validation: readonly Validation[];
  readonly shortEpoch: ShortEpoch;
  readonly watch: LossWatch;
  readonly contextOf: ContextOf;
  /** Why the `fit` trains nothing at all, if it is so. */
  readonly nothing: string | undefined;
}

/**
 * Validates within an epoch, if the last step asks for it, and tells the plugins.
 *
 * @returns the figures; undefined if no validation was due, or if the run was stopped. Then it stays due, and a run that goes on from
 *   here begins with it.
 */
export async function validateWithin(validating: Validating): Promise<Logs | undefined> {
  const { live, validation, shortEpoch, watch, contextOf, nothing } = validating;
  // A later fit may be without validation data.
  if (validation.length === 0) live.validationDue = undefined;
  if (!live.validationDue) return undefined;
  await watch.flush();
  await checkParameters(live.model.variables, live.position.step);
  const before = live.stopReason;
  // Whoever stops a run may have seconds for it.
  if (before !== nothing) return undefined;
  const logs = await live.lock.step(() => withOwnStates(live, () => validate(live, validation, shortEpoch)));
  if (live.stopReason !== before) return undefined;
  const done = (): Promise<void> => {
    live.validationDue = undefined;
    live.reporter.validated(logs);
    return Promise.resolve();
  };
  await changeAndTell(live, 'onValidated', done, (plugin) => ({
    ...contextOf(plugin),
    logs,
    tables: tablesOf(logs),
  }));
  return logs;
}

/** A stateful layer goes on with the state of the last training batch: its sequence is not over yet. */
async function withOwnStates<T>({ model }: LiveRun, work: () => Promise<T>): Promise<T> {
  const states = statesBefore(model);
  try {
    return await work();
  } finally {
    states.takeBack();
    states.drop();
  }
}
