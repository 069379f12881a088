import { batchesOfEpoch } from './remaining.ts';
import { promiseOf, type ShortEpoch } from '../batch/data-promise.ts';
import { runEpoch } from './run-epoch.ts';
import { allStepsDone, lengthOf, nothingLeft, type Until, untilOf } from './run-length.ts';
import { validate, type Validation } from './validate.ts';
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
  /** The data to evaluate after every epoch. */
  readonly validation: readonly Validation[];
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
  /** The training figures so far of the epoch in whose middle this `fit` ended because all `steps` are done. */
  readonly unfinished?: Logs;
  /** Why the run ended early, or that no epochs or steps were left. */
  readonly stopped?: string;
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
    const epochs = await runEpochs({ live, source, read, options, watch, contextOf });
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
  readonly watch: LossWatch;
  readonly contextOf: ContextOf;
}

async function runEpochs(fitting: Fitting): Promise<readonly Logs[]> {
  const { live, source, read, options, watch, contextOf } = fitting;
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
    });
    await watch.flush();
    await live.totals.flush();
    await checkParameters(live.model.variables, live.position.step);
    if (!completed) break;
    live.reporter.trained();
    const complete = async (): Promise<Logs> => {
      const training = await live.totals.means();
      const validated = await validate(live, options.validation, shortEpoch);
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
    }));
    await settle(fitting, 'epoch', logs);
    const { epoch, step } = live.position;
    await options.tell?.({ kind: 'epoch', epoch, step, logs });
  }
  return history;
}
