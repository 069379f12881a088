import type { Length } from '@cantrip/plugin-kit';
import { batchesOfEpoch } from '../length/remaining.ts';
import { promiseOf, type ShortEpoch } from '../batch/data-promise.ts';
import { runEpoch } from './run-epoch.ts';
import { allStepsDone, lengthOf, nothingLeft, type Until, untilOf } from '../length/run-length.ts';
import { validate, type Validation } from './validate.ts';
import { validateWithin } from './validate-within.ts';
import { endOfStep, isValidationDue } from '../length/validation-due.ts';
import { tablesOf, withTables } from '../objective/tally/tables-of.ts';
import type { LiveRun, RunLength } from '../run/live-run.ts';
import { callObservers, callOnError } from '../hooks/call-hooks.ts';
import type { ContextOf } from '../hooks/call-schedule-scalars.ts';
import type { Logs } from '../contract/contexts.ts';
import { changeAndTell } from '../run/telling.ts';
import { lentBatches, type ReadBatches } from '../batch/lent-batches.ts';
import { readExamples } from '../forms/examples.ts';
import type { BatchSource } from '../batch/batch-source.ts';
import { checkParameters, notFinite } from './check-finite.ts';
import { abortReason, onAbort, onInterrupt } from './interrupt.ts';
import { trainAlone } from './train-alone.ts';
import { type LossWatch, watchLoss } from './loss-watch.ts';
import { rehearse } from './rehearse.ts';
import { settle } from './settle.ts';
import type { Tell } from './train-events.ts';
import { describeRun } from '../store/describe-run.ts';

/** The checked options of `fit`, with data as sources of batches. */
export interface CheckedFit extends Until {
  readonly validation: readonly Validation[];
  /** When to evaluate the validation data; at the end of each epoch by default. */
  readonly validateEvery?: Length | undefined;
  readonly shortEpoch: ShortEpoch;
  /** The length that schedules follow, if it is not that of this `fit`. */
  readonly horizon?: RunLength | undefined;
  /** Ends the run after the current step. */
  readonly signal?: AbortSignal | undefined;
  /** Receives each step and each epoch. Training waits for it. */
  readonly tell?: Tell | undefined;
}

/** The result of `fit`. */
export interface History {
  readonly seed: number;
  /** The figures of each epoch that was completed before this `fit`, also before a restore. */
  readonly earlier: readonly Logs[];
  /** The figures of each epoch that this `fit` completed. */
  readonly epochs: readonly Logs[];
  /** The figures of each validation within an epoch that this `fit` did; absent without `validateEvery`. */
  readonly validations?: readonly ValidationFigures[];
  /** The training figures so far of the epoch in whose middle this `fit` ended because all `steps` are done. */
  readonly unfinished?: Logs;
  /** Why the run ended early, or that no epochs or steps were left. */
  readonly stopped?: string;
}

/** The figures of a validation within an epoch. */
export interface ValidationFigures {
  /** The steps that were done. */
  readonly step: number;
  readonly logs: Logs;
}

/** Trains; see {@link Trainer.fit}. */
export async function fit(live: LiveRun, source: BatchSource, options: CheckedFit): Promise<History> {
  const lending = live.lock.lend({ during: 'fit', beside: true });
  try {
    return await trainAlone(live, () => fitOn(live, source, lentBatches(source, lending), options));
  } finally {
    await lending.end();
  }
}

async function fitOn(
  live: LiveRun,
  source: BatchSource,
  read: ReadBatches,
  options: CheckedFit,
): Promise<History> {
  // Before any change, because this refuses other data.
  await readExamples(source);
  const length = options.horizon ?? lengthOf(live, source, options);
  const contextOf: ContextOf = (plugin, ahead) => live.hostContext(plugin, length, ahead);
  if (live.rehearse) return rehearse(live, read, contextOf);
  const watch = watchLoss(live.options.checkLossEvery, () => notFinite(live.model.variables));
  const releases = [
    live.options.handleInterrupt ? onInterrupt((name) => live.run.stop(name)) : () => undefined,
    onAbort(options.signal, (reason) => live.run.stop(reason)),
  ];
  // A plugin may have called stop while the run was opened for this fit. Calls after an earlier fit no longer count.
  if (live.fitted) live.stopReason = undefined;
  live.fitted = true;
  live.fitting = { source, length };
  const nothing = nothingLeft(live, options);
  live.stopReason ??= nothing;
  const earlier = live.history;
  live.reporter.begins(length.epochs);
  try {
    await callObservers(live, 'onTrainBegin', (plugin) => ({
      ...contextOf(plugin),
      device: live.device.describe(),
      describe: () => describeRun(live),
    }));
    if (options.signal?.aborted) live.run.stop(abortReason(options.signal));
    const fitting: Fitting = {
      live,
      source,
      read,
      options,
      length,
      watch,
      contextOf,
      nothing,
      validations: [],
    };
    // Of a run that was saved between a step and its validation.
    if (live.validationDue) await settleStep(fitting);
    const epochs = await runEpochs(fitting);
    await callObservers(live, 'onTrainEnd', contextOf);
    await settle({ live, watch, contextOf }, 'fit');
    const inTheMiddle = allStepsDone(live.position, options);
    const ended = live.stopReason ?? inTheMiddle;
    if (ended !== undefined && ended !== nothing) live.reporter.ends(ended);
    const unfinished = inTheMiddle === undefined ? undefined : await live.totals.means();
    return {
      seed: live.run.seed,
      earlier,
      epochs,
      ...(options.validateEvery !== undefined && { validations: fitting.validations }),
      ...(unfinished && { unfinished }),
      ...(live.stopReason === undefined ? {} : { stopped: live.stopReason }),
    };
  } catch (error) {
    await callOnError(live, error, contextOf);
    throw error;
  } finally {
    live.reporter.leaves();
    watch.drop();
    for (const release of releases) release();
  }
}

interface Fitting {
  readonly live: LiveRun;
  readonly source: BatchSource;
  readonly read: ReadBatches;
  readonly options: CheckedFit;
  readonly length: RunLength;
  readonly watch: LossWatch;
  readonly contextOf: ContextOf;
  readonly nothing: string | undefined;
  /** The validations within epochs so far. */
  readonly validations: ValidationFigures[];
}

/** Does the validation within the epoch that the last step asks for, and tells the plugins that the step is settled. */
async function settleStep(fitting: Fitting): Promise<void> {
  const { live, options, validations } = fitting;
  const logs = await validateWithin({ ...fitting, ...options });
  await settle(fitting, 'step', { logs });
  if (!logs) return;
  const { step, epoch } = live.position;
  validations.push({ step, logs });
  await options.tell?.({ kind: 'validation', epoch, step, logs });
}

async function runEpochs(fitting: Fitting): Promise<readonly Logs[]> {
  const { live, source, read, options, length, watch, contextOf } = fitting;
  const { shortEpoch } = options;
  const until = untilOf(options);
  const history: Logs[] = [];
  while (!until.over(live.position) && live.stopReason === undefined) {
    const batches = batchesOfEpoch(source, live.position, live.data);
    const { sizes, firstBatch } = (live.position.batch > 0 && live.data) || {};
    live.data = {
      ...promiseOf(source),
      batchesPerEpoch: batches,
      ...(sizes && { sizes }),
      ...(firstBatch && { firstBatch }),
    };
    live.reporter.epochBegins();
    await callObservers(live, 'onEpochBegin', contextOf);
    const completed = await runEpoch({
      live,
      source,
      read,
      batches,
      shortEpoch,
      steps: until.steps,
      watch,
      contextOf,
      tell: options.tell,
      isValidationDue: () =>
        options.validateEvery !== undefined &&
        live.position.batch < batches &&
        isValidationDue(options.validateEvery, endOfStep(live, batches, length)),
      settleStep: () => settleStep(fitting),
    });
    await watch.flush();
    await live.totals.flush();
    await checkParameters(live.model.variables, live.position.step);
    if (!completed) break;
    live.reporter.trained();
    // An epoch that gave fewer batches than it promised is over all the same.
    const end = endOfStep(live, live.position.batch, length);
    const leftOut = options.validation.length > 0 && !isValidationDue(options.validateEvery, end);
    const left = leftOut && ({ validationLeftOut: true } as const);
    const complete = async (): Promise<Logs> => {
      const training = await live.totals.means();
      const validated = leftOut ? {} : await validate(live, options.validation, shortEpoch);
      const logs = withTables({ ...training, ...validated }, [training, validated]);
      live.totals.clear();
      Object.assign(live.position, { epoch: live.position.epoch + 1, batch: 0, examples: 0 });
      live.data = promiseOf(source);
      history.push(logs);
      live.history = [...live.history, logs];
      live.reporter.epochEnds(logs);
      return logs;
    };
    const logs = await changeAndTell(live, 'onEpochEnd', complete, (plugin, logs) => ({
      ...contextOf(plugin),
      logs,
      tables: tablesOf(logs),
      ...left,
    }));
    await settle(fitting, 'epoch', { logs, ...left });
    const { epoch, step } = live.position;
    await options.tell?.({ kind: 'epoch', epoch, step, logs });
  }
  return history;
}
