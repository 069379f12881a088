import type { DeviceDescription } from '@cantrip/ops';
import { explain } from './explain.ts';
import type { NamedValues } from './forms/examples.ts';
import { predictOn } from './loop/predict-on.ts';
import {
  type Abortable,
  type EvaluateCall,
  readAbortable,
  type FitCall,
  type FitOptions,
  readEvaluateCall,
  readFitCall,
} from './read-calls.ts';
import type { Data, InMemoryOptions } from './forms/source-of.ts';
import { openRun } from './run/open-run.ts';
import type { RunLength } from './run/live-run.ts';
import { type Beginning, createLife } from './run/run-life.ts';
import { checkEvaluation } from './loop/check-finite.ts';
import { duringEvaluation, type TellBatch } from './loop/during-evaluation.ts';
import { evaluate } from './loop/evaluate.ts';
import { type CheckedFit, fit, type History } from './loop/fit.ts';
import { eventsOf, type TrainEvent } from './loop/train-events.ts';
import type { Clock, Logs } from './contract/contexts.ts';
import type { Tensors } from './contract/batch.ts';
import type { Run } from './contract/run.ts';
import { whenAllHaveSeen } from './run/telling.ts';
import { neverForItself } from './run/waiting-for-itself.ts';
import { readRestoreCall, type RestoreOptions } from './snapshot/read-restore-call.ts';
import { loadRun } from './resume/load-run.ts';
import { savedRun } from './store/describe-run.ts';
import { readPath, requireStore } from './store/store-of.ts';
import { saveSnapshot } from './snapshot/save-snapshot.ts';
import type { Snapshot } from './contract/snapshot.ts';
import { holdsPromise, keepRejections } from './hooks/awaited-plugins.ts';
import {
  type Awaited,
  type CheckedOptions,
  checkOptions,
  type TrainerOptions,
  withAwaitedPlugins,
} from './options/trainer-options.ts';

export interface Trainer {
  /**
   * Trains until `epochs` epochs or `steps` steps are complete, counted from the start of the run.
   *
   * @throws CantripError LOSS_NOT_FINITE, HOOK_…, SHAPE_MISMATCH, DTYPE_MISMATCH, LABEL_OUT_OF_RANGE, DATA_EMPTY
   */
  fit(train: Data, options: FitOptions): Promise<History>;
  /** The same as `fit({ inputs, targets, batchSize, shuffle }, options)`. */
  fit(inputs: NamedValues, targets: NamedValues, options: FitOptions & InMemoryOptions): Promise<History>;
  /**
   * Trains as `fit` does, as a loop over its steps and epochs. Nothing is trained while the body runs: it may save,
   * evaluate and predict. Leaving the loop early ends the run as a stop does. The value of the iterator is what `fit`
   * returns.
   *
   * @throws CantripError what `fit` throws
   * @example
   * ```ts
   * for await (const event of trainer.train(data, { epochs: 10, validation })) {
   *   if (event.kind === 'step' && event.step % 100 === 0) console.log(event.step, await event.loss());
   *   if (event.kind === 'epoch' && event.logs['validation_loss']! < 0.1) break;
   * }
   * ```
   */
  train(train: Data, options: FitOptions): AsyncGenerator<TrainEvent, History, undefined>;
  /** The same as `train({ inputs, targets, batchSize, shuffle }, options)`. */
  train(
    inputs: NamedValues,
    targets: NamedValues,
    options: FitOptions & InMemoryOptions,
  ): AsyncGenerator<TrainEvent, History, undefined>;
  /**
   * Loss and metrics over all examples, in inference mode.
   *
   * @throws CantripError LOSS_NOT_FINITE, PARAMETER_NOT_FINITE, DATA_SHORT, SHAPE_MISMATCH, DTYPE_MISMATCH or
   *   LABEL_OUT_OF_RANGE; if `signal` is aborted, its reason
   */
  evaluate(data: Data, options?: Abortable): Promise<Logs>;
  /** The same as `evaluate({ inputs, targets, batchSize })`. */
  evaluate(inputs: NamedValues, targets: NamedValues, options?: InMemoryOptions & Abortable): Promise<Logs>;
  /**
   * The model's outputs in inference mode; the caller must dispose them. For a dataset, the outputs of all examples.
   */
  predict(inputs: NamedValues | Data, options?: Abortable): Promise<Tensors>;
  /**
   * A table of text that says what each plugin does, in the order in which it happens: hook, side and plugins. Once the
   * trainer is open, it also names the wraps of layers. Once the training step is recorded, it says how many threads an
   * op of that step uses, and why.
   */
  explain(): string;
  /** A snapshot: everything that the run needs to continue as if it had never stopped. */
  save(): Promise<Snapshot>;
  /**
   * Writes the run to a path, by the plugin that keeps runs: `checkpoint` of `@cantrip/checkpoint`. Resolves once it is
   * on the disk. `fit(data, { epochs, resume: path })` goes on with it.
   *
   * @throws CantripError OPTION_INVALID if no plugin keeps runs; what the plugin throws if it cannot write
   */
  saveTo(path: string): Promise<void>;
  /**
   * Sets the run to the state in a snapshot, or only its weights. If it throws, nothing has changed.
   *
   * @throws CantripError STATE_MISMATCH, OPTION_INVALID, TRAINER_BUSY
   */
  restore(snapshot: Snapshot, options?: RestoreOptions): Promise<void>;
  /** Opens the device and builds the model now. Without it, this happens at the first use. */
  open(): Promise<{ readonly run: Run; readonly device: DeviceDescription }>;
  /** The epochs and steps that are done. */
  position(): Pick<Clock, 'epoch' | 'step'>;
  /** Undoes the changes of plugins in reverse order, and frees the optimizer's slots. The model stays. */
  dispose(): void;
}

/**
 * Creates a trainer: the training loop that calls the hooks of plugins.
 *
 * The options are checked at once. The device is opened and the model is built at the first use. Plugins that the list
 * promises are awaited then, and checked.
 *
 * @throws CantripError OPTION_INVALID, MODEL_INVALID, DEVICE_UNKNOWN, PLUGIN_…, ENVIRONMENT_CONFLICT
 * @example
 * ```ts
 * const trainer = createTrainer({
 *   model: () => sequential({ layers: [layers.dense({ units: 10, inputShape: [784] })] }),
 *   optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
 *   loss: softmaxCrossEntropy(),
 *   metrics: [accuracy()],
 *   plugins: [seed({ value: 42 }), labelSmoothing({ smoothing: 0.1 })],
 * });
 * const history = await trainer.fit(train, { epochs: 10, validation: test });
 * history.epochs.at(-1); // { loss, accuracy, validation_loss, validation_accuracy }
 * ```
 */
export function createTrainer(given: TrainerOptions): Trainer {
  const options = checkOptions(given);
  const plugins = given.plugins ?? [];
  let awaited: Awaited = { options, list: plugins };
  keepRejections(plugins);
  const allPlugins = async (): Promise<CheckedOptions> => {
    if (holdsPromise(awaited.list)) awaited = await withAwaitedPlugins(options, plugins);
    return awaited.options;
  };
  const life = createLife(async (lock, seed) => openRun(await allPlugins(), lock, seed));
  const fitting = (
    { train, options: fitOptions, resume }: ReturnType<typeof readFitCall>,
    more: Pick<CheckedFit, 'tell' | 'signal'> = {},
  ): Promise<History> => {
    const saved = async (): Promise<Beginning<RunLength | undefined> | undefined> =>
      resume && loadRun(await allPlugins(), { resume, source: train, until: fitOptions });
    return neverForItself(life, 'fit', () =>
      life.along('fit', (live, horizon) => fit(live, train, { ...fitOptions, ...more, horizon }), saved),
    );
  };
  return {
    fit: (...call: FitCall) => fitting(readFitCall(call)),
    train(...call: FitCall) {
      const read = readFitCall(call);
      const { signal } = read.options;
      return eventsOf((tell, left) =>
        fitting(read, { tell, signal: signal ? AbortSignal.any([signal, left]) : left }),
      );
    },
    evaluate: (...call: EvaluateCall) => {
      const { source, signal } = readEvaluateCall(call);
      return neverForItself(life, 'evaluate', () =>
        life.alone('evaluate', async (live) => {
          const work = (tellBatch: TellBatch): Promise<Logs | undefined> =>
            evaluate(live, source, { tellBatch, signal });
          const figures = (await duringEvaluation(live, 'evaluate', work)) as Logs;
          await checkEvaluation(figures, live.model.variables);
          return figures;
        }),
      );
    },
    predict: (inputs, options) =>
      neverForItself(life, 'predict', async () => {
        const { signal } = readAbortable('predict', options);
        return life.alone('predict', (live) =>
          duringEvaluation(live, 'predict', (tellBatch) => predictOn(live, inputs, { tellBatch, signal })),
        );
      }),
    explain() {
      const live = life.current();
      return explain(awaited.options, awaited.list, {
        wrapped: live?.wraps.rows(),
        chosen: live?.training.chosen,
      });
    },
    saveTo: (path) =>
      neverForItself(life, 'save', async () => {
        const store = requireStore('saveTo', (await allPlugins()).plugins);
        await store.save(readPath(path), await whenAllHaveSeen(life, savedRun));
      }),
    save: () => neverForItself(life, 'save', () => whenAllHaveSeen(life, saveSnapshot)),
    restore: (snapshot, how) =>
      neverForItself(life, 'restore', async () => {
        const { seed, work } = readRestoreCall(snapshot, how);
        await life.alone('restore', (live) => Promise.resolve(work(live)), { seed });
      }),
    open: () =>
      neverForItself(life, 'open', () =>
        life.alone('open', (live) => Promise.resolve({ run: live.run, device: live.device.describe() })),
      ),
    position: () => {
      const live = life.current();
      return { epoch: live?.position.epoch ?? 0, step: live?.position.step ?? 0 };
    },
    dispose: () => life.dispose(),
  };
}
