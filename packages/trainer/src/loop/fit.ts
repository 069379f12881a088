import { batchesOfEpoch } from './remaining.ts';
import { promiseOf, type ShortEpoch } from '../batch/data-promise.ts';
import { runEpoch } from './run-epoch.ts';
import { validate, type Validation } from './validate.ts';
import type { LiveRun } from '../run/live-run.ts';
import { callObservers, callOnError } from '../hooks/call-hooks.ts';
import type { AnyPlugin, HostContext, Logs } from '../contract/plugin.ts';
import { changeAndTell } from '../run/telling.ts';
import { batchesPerEpoch, type BatchSource } from '../batch/batch-source.ts';
import { checkParameters, notFinite } from './check-finite.ts';
import { abortReason, onAbort, onInterrupt } from './interrupt.ts';
import { type LossWatch, watchLoss } from './loss-watch.ts';
import { rehearse } from './rehearse.ts';

/** The options of `fit`, its data as sources of batches. */
export interface CheckedFit {
  /** How many epochs the run has when it is done, counted from its start: a restored run does those that are missing. */
  readonly epochs: number;
  /** Evaluated after every epoch. */
  readonly validation: readonly Validation[];
  readonly shortEpoch: ShortEpoch;
  /** Ends the run after the step under way. */
  readonly signal?: AbortSignal | undefined;
}

/** What a run did. */
export interface History {
  readonly seed: number;
  /** The figures of each epoch that this `fit` completed. */
  readonly epochs: readonly Logs[];
  /** Why the run ended early, or that nothing was left to do. */
  readonly stopped?: string;
}

/** Trains; see {@link Trainer.fit}. */
export async function fit(live: LiveRun, source: BatchSource, options: CheckedFit): Promise<History> {
  const stepsPerEpoch = Math.ceil(batchesPerEpoch(source) / (live.recipe.batchesPerStep ?? 1));
  const length = { epochs: options.epochs, stepsPerEpoch };
  const contextOf = (plugin: AnyPlugin): HostContext => live.hostContext(plugin, length);
  if (live.rehearse) return rehearse(live, source, contextOf);
  // Before anything changes.
  batchesOfEpoch(source, live.position, live.data);
  const watch = watchLoss(live.options.checkLossEvery, () => notFinite(live.model.variables));
  const releases = [
    live.options.handleInterrupt ? onInterrupt(() => live.run.stop('SIGINT')) : () => undefined,
    onAbort(options.signal, (reason) => live.run.stop(reason)),
  ];
  live.stopReason = nothingLeft(live, options);
  try {
    await callObservers(live, 'onTrainBegin', contextOf);
    if (options.signal?.aborted) live.run.stop(abortReason(options.signal));
    const epochs = await runEpochs({ live, source, options, watch, contextOf });
    await callObservers(live, 'onTrainEnd', contextOf);
    return {
      seed: live.run.seed,
      epochs,
      ...(live.stopReason === undefined ? {} : { stopped: live.stopReason }),
    };
  } catch (error) {
    await callOnError(live, error, contextOf);
    throw error;
  } finally {
    watch.drop();
    for (const release of releases) release();
  }
}

/** A run that has all its epochs says so, for a history without epochs looks like a mistake. */
function nothingLeft({ position, options }: LiveRun, { epochs }: CheckedFit): string | undefined {
  if (position.epoch < epochs) return undefined;
  const said = `nothing is left to do: ${position.epoch} epochs are done, and epochs is ${epochs}`;
  options.log(`[trainer] ${said}; epochs are counted from the start of the run.`);
  return said;
}

interface Fitting {
  readonly live: LiveRun;
  readonly source: BatchSource;
  readonly options: CheckedFit;
  readonly watch: LossWatch;
  readonly contextOf: (plugin: AnyPlugin) => HostContext;
}

async function runEpochs(fitting: Fitting): Promise<readonly Logs[]> {
  const { live, source, options, watch, contextOf } = fitting;
  const { shortEpoch } = options;
  const history: Logs[] = [];
  while (live.position.epoch < options.epochs && live.stopReason === undefined) {
    const batches = batchesOfEpoch(source, live.position, live.data);
    live.data = promiseOf(source);
    await callObservers(live, 'onEpochBegin', contextOf);
    const completed = await runEpoch({ live, source, batches, shortEpoch, watch, contextOf });
    await watch.flush();
    await checkParameters(live.model.variables, live.position.step);
    if (!completed) break;
    const complete = async (): Promise<Logs> => {
      const training = await live.totals.means();
      const logs = { ...training, ...(await validate(live, options.validation, shortEpoch)) };
      live.totals.clear();
      Object.assign(live.position, { epoch: live.position.epoch + 1, batch: 0, examples: 0 });
      history.push(logs);
      return logs;
    };
    await changeAndTell(live, 'onEpochEnd', complete, (plugin, logs) => ({ ...contextOf(plugin), logs }));
  }
  return history;
}
