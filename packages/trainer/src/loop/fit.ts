import { setImmediate } from 'node:timers/promises';
import type { HostBatch } from '@cantrip/core-tensor-gpu';
import { CantripError } from '@cantrip/errors';
import type { LiveRun } from '../live-run.ts';
import { callObservers } from '../plugins/call-hooks.ts';
import type { AnyPlugin, Batch, HostContext, Logs } from '../plugins/plugin.ts';
import { changeAndTell } from '../plugins/telling.ts';
import type { BatchSource } from './batch-source.ts';
import { disposeSpent } from '../spent-batches.ts';
import { checkParameters, checkValidation, notFinite } from './check-finite.ts';
import { checkLabels } from './check-labels.ts';
import { evaluate } from './evaluate.ts';
import { onInterrupt } from './interrupt.ts';
import { type LossWatch, watchLoss } from './loss-watch.ts';
import { oneAhead } from './one-ahead.ts';
import { prepareBatch } from './prepare-batch.ts';
import { rehearse } from './rehearse.ts';
import { type Trained, trainOn } from './train-on.ts';

/** The options of `fit`, its data as sources of batches. */
export interface CheckedFit {
  /** How many epochs the run has when it is done, counted from its start: a restored run does those that are missing. */
  readonly epochs: number;
  /** Evaluated after every epoch. */
  readonly validation?: BatchSource;
}

/** What a run did. */
export interface History {
  readonly seed: number;
  /** The figures of each epoch that this `fit` completed. */
  readonly epochs: readonly Logs[];
  /** Why the run ended early, if it did. */
  readonly stopped?: string;
}

/** Trains; see {@link Trainer.fit}. */
export async function fit(live: LiveRun, source: BatchSource, options: CheckedFit): Promise<History> {
  const length = { epochs: options.epochs, stepsPerEpoch: source.stepsPerEpoch };
  const contextOf = (plugin: AnyPlugin): HostContext => live.hostContext(plugin, length);
  if (live.rehearse) return rehearse(live, source, contextOf);
  const watch = watchLoss(live.options.checkLossEvery, () => notFinite(live.model.variables));
  const release = live.options.handleInterrupt ? onInterrupt(() => live.run.stop('SIGINT')) : () => undefined;
  live.stopReason = undefined;
  try {
    await callObservers(live, 'onTrainBegin', contextOf);
    const epochs = await runEpochs({ live, source, options, watch, contextOf });
    await callObservers(live, 'onTrainEnd', contextOf);
    return {
      seed: live.run.seed,
      epochs,
      ...(live.stopReason === undefined ? {} : { stopped: live.stopReason }),
    };
  } catch (error) {
    await callObservers(live, 'onError', (plugin) => ({ ...contextOf(plugin), error }));
    throw error;
  } finally {
    watch.drop();
    release();
  }
}

interface Fitting {
  readonly live: LiveRun;
  readonly source: BatchSource;
  readonly options: CheckedFit;
  readonly watch: LossWatch;
  readonly contextOf: (plugin: AnyPlugin) => HostContext;
}

async function runEpochs(fitting: Fitting): Promise<readonly Logs[]> {
  const { live, options, contextOf } = fitting;
  const history: Logs[] = [];
  while (live.position.epoch < options.epochs && live.stopReason === undefined) {
    await callObservers(live, 'onEpochBegin', contextOf);
    const completed = await runEpoch(fitting);
    await fitting.watch.flush();
    await checkParameters(live.model.variables, live.position.step);
    if (!completed) break;
    const complete = async (): Promise<Logs> => {
      const logs = await epochLogs(live, options.validation);
      live.position.epoch += 1;
      live.position.batch = 0;
      live.totals.clear();
      history.push(logs);
      return logs;
    };
    await changeAndTell(live, 'onEpochEnd', complete, (plugin, logs) => ({ ...contextOf(plugin), logs }));
  }
  return history;
}

/** @returns whether the epoch came to its end */
async function runEpoch(fitting: Fitting): Promise<boolean> {
  const { live, source } = fitting;
  const { position, run } = live;
  const batches = oneAhead(
    source.batches({ seed: run.seed, epoch: position.epoch, start: position.batch }),
    disposeSpent,
  );
  for await (const given of batches) {
    await runStep(fitting, given);
    // Steps that never wait would keep signals and timers from being heard until the epoch ends.
    await setImmediate();
    if (live.stopReason !== undefined) return position.batch >= source.stepsPerEpoch;
  }
  if (position.batch > 0) return true;
  throw new CantripError('DATA_EMPTY', {
    who: 'trainer',
    what: 'the training data gave no batch',
    fix: 'Give at least one example, or leave out dropLast',
  });
}

async function runStep({ live, watch, contextOf }: Fitting, given: HostBatch | Batch): Promise<void> {
  const { options, position } = live;
  const batch = prepareBatch(given);
  await checkLabels(given.targets, options.objective, live.batches.check(batch));
  const step = async (): Promise<Trained> => {
    const trained = await trainOn(live, batch, contextOf);
    position.batch += 1;
    if (live.training.captures && 'release' in given) given.release?.();
    watch.add({ step: position.step - 1, learningRate: trained.learningRate, loss: trained.loss });
    return trained;
  };
  await changeAndTell(live, 'onStepEnd', step, (plugin, { loss, ...trained }) => ({
    ...contextOf(plugin),
    ...trained,
    signature: batch.signature,
    loss: async () => (await loss.data())[0]!,
  }));
  await watch.look();
}

async function epochLogs(live: LiveRun, validation: BatchSource | undefined): Promise<Logs> {
  const training = await live.totals.means();
  if (!validation) return training;
  const validated = await evaluate(live, validation);
  checkValidation(validated);
  const figures = Object.entries(validated);
  return {
    ...training,
    ...Object.fromEntries(figures.map(([name, value]) => [`validation_${name}`, value])),
  };
}
