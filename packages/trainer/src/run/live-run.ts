import * as tf from '@tensorflow/tfjs-core';
import { type Device, generateSeed, installHostRandom, randomStream } from '@cantrip/ops';
import type { NamedVariables, Optimizer, RunningOptimizer } from '@cantrip/optimizers';
import { type BatchCheck, createBatchCheck } from '../step/check-batch.ts';
import type { DataPromise } from '../batch/data-promise.ts';
import { openTrainingDevice, type Recorder, useIfOpen } from '../device/open-device.ts';
import { tellSlowDevice } from '../device/slow-device.ts';
import { apiOf, createRun } from './create-run.ts';
import { createRunners } from './create-runners.ts';
import type { EvaluationRunner } from '../loop/evaluate.ts';
import type { PredictionRunner } from '../step/prediction-runner.ts';
import { createTotals, type Totals } from '../step/totals.ts';
import type { TrainRunner } from '../step/train-runner.ts';
import type { Lock } from '../lock/lock.ts';
import { buildModel, type BuiltModel } from '../model/built-model.ts';
import { ensureGradients } from '../model/ensure-gradients.ts';
import { callOnce, stateOf, variablesOf } from '../hooks/call-once.ts';
import { mergeSeed } from '../hooks/merge-facts.ts';
import type { AnyPlugin, HostContext, State, Tuning } from '../contract/plugin.ts';
import type { Run } from '../contract/run.ts';
import type { Telling } from './telling.ts';
import { tune } from '../hooks/tune.ts';
import { type ChangeLog, createChangeLog } from '../step/change-log.ts';
import type { HalfDone } from '../step/half-done.ts';
import type { CheckedOptions } from '../options/trainer-options.ts';
import { createGivingUp } from './giving-up.ts';
import { keepUndo, runUndo, type Undo } from './undo.ts';

/** How far a run has come; the loop counts here. */
export interface Position {
  epoch: number;
  step: number;
  /** Batches of the current epoch that are done. */
  batch: number;
  /** Examples of the current epoch that are done. */
  examples: number;
  /** Batches of the whole run: random numbers of a step follow it. */
  batches: number;
}

/** How long a run is to be. */
export type RunLength = Pick<HostContext, 'epochs' | 'stepsPerEpoch' | 'totalSteps'>;

/** A run whose device is open and whose model is built. */
export interface LiveRun {
  readonly lock: Lock;
  readonly device: Device;
  readonly model: BuiltModel;
  /** The optimizer as a value: its learning rate and phases. */
  readonly recipe: Optimizer;
  readonly optimizer: RunningOptimizer;
  readonly options: CheckedOptions;
  readonly run: Run;
  readonly position: Position;
  /** Sums of the epoch under way. */
  readonly totals: Totals;
  readonly batches: BatchCheck;
  readonly training: TrainRunner;
  readonly evaluation: EvaluationRunner;
  readonly prediction: PredictionRunner;
  readonly states: ReadonlyMap<AnyPlugin, State>;
  readonly tensorStates: ReadonlyMap<AnyPlugin, NamedVariables>;
  /** Of the step under way. */
  readonly changes: ChangeLog;
  /** Takes the place of training. */
  readonly rehearse: Tuning['rehearse'];
  /** What the data of the epoch under way promised; of the last one between epochs. */
  data: DataPromise | undefined;
  /** Why the run was asked to stop. */
  stopReason: string | undefined;
  /** Whether a `fit` has begun since the run was opened. */
  fitted: boolean;
  /** Present from a step that failed half way until a snapshot is restored. */
  halfDone: HalfDone | undefined;
  /** Present while plugins are told what has happened. */
  telling: Telling | undefined;
  hostContext(plugin: AnyPlugin, length: RunLength): HostContext;
  dispose(): void;
  /** Disposes also of the model, where the trainer had it made, and throws nothing. */
  discard(): void;
}

/**
 * Opens the device with the plugins' environment, sets the seed, builds the model and sets the plugins up. What was
 * done is undone when one of these fails.
 */
export async function openRun(options: CheckedOptions, lock: Lock, givenSeed?: number): Promise<LiveRun> {
  const { plugins } = options;
  const seed = mergeSeed(plugins) ?? givenSeed ?? generateSeed();
  const undo: Undo[] = [];
  const { ownsModel, giveUp } = createGivingUp(undo, options.log);
  try {
    // First, for a device may put a faster gradient in the place of a registered one.
    await ensureGradients();
    const { environment, compile, rehearse } = await tune(options);
    const { device, recorder } = await openTrainingDevice(options.device, environment);
    if (options.device === 'auto') tellSlowDevice(device.describe(), options.log);
    const prepared = { seed, device: device.describe(), log: options.log };
    for (const plugin of plugins) {
      keepUndo(
        undo,
        plugin,
        'prepare',
        callOnce(plugin, 'prepare', () => plugin.prepare?.(prepared)),
      );
    }
    const before = new Set(Object.values(tf.engine().registeredVariables));
    const model = await buildSeeded(options, seed);
    if (typeof options.model === 'function') ownsModel(model, before);
    device.use();
    for (const run of [model.fuse(), model.repair(), model.seedLayers(), model.watchLayers()])
      undo.push({ run });
    return setUp({ ...options, compile }, { lock, device, recorder, model, seed, rehearse, undo, giveUp });
  } catch (error) {
    giveUp();
    throw error;
  }
}

async function buildSeeded(options: CheckedOptions, seed: number): Promise<BuiltModel> {
  const restore = installHostRandom(randomStream({ seed, stream: 'initial-weights' }));
  try {
    return await buildModel(options.model);
  } finally {
    restore();
  }
}

interface Opened {
  readonly lock: Lock;
  readonly device: Device;
  readonly recorder: Recorder | undefined;
  readonly model: BuiltModel;
  readonly seed: number;
  readonly rehearse: Tuning['rehearse'];
  readonly undo: Undo[];
  readonly giveUp: () => void;
}

function setUp(options: CheckedOptions, opened: Opened): LiveRun {
  const { lock, device, recorder, model, seed, rehearse, undo } = opened;
  const { plugins } = options;
  const states = new Map(plugins.map((plugin) => [plugin, stateOf(plugin)]));
  const apis = new Map<unknown, unknown>();
  const tensorStates = new Map<AnyPlugin, NamedVariables>();
  const recipe = options.optimizer();
  const run = createRun(
    { ...options, recipe, model, seed },
    {
      use: (plugin) => apiOf(apis, plugin),
      stop,
      restructure: () => forgetAll(),
    },
  );
  const optimizer = recipe.start(Object.keys(model.variables), model.roles);
  undo.push({ run: () => optimizer.dispose() });
  const position = { epoch: 0, step: 0, batch: 0, examples: 0, batches: 0 };
  const totals = createTotals(options.objective);
  const batches = createBatchCheck({ device, model, options, run, position });
  const changes = createChangeLog();
  const runners = createRunners(
    { ...options, recorder },
    { device, model, optimizer, run, position, totals, changes },
  );
  undo.push({
    run: () => {
      totals.dispose();
      runners.evaluation.totals.dispose();
      forgetAll();
    },
  });
  const live: LiveRun = {
    lock,
    device,
    model,
    recipe,
    optimizer,
    options,
    run,
    position,
    totals,
    batches,
    ...runners,
    states,
    tensorStates,
    changes,
    rehearse,
    data: undefined,
    stopReason: undefined,
    fitted: false,
    halfDone: undefined,
    telling: undefined,
    hostContext(plugin, { epochs, stepsPerEpoch, totalSteps }) {
      // Asked for right before each hook, which may compute.
      device.use();
      return {
        run,
        state: states.get(plugin)!,
        epoch: position.epoch,
        step: position.step,
        batch: position.batch,
        epochs,
        stepsPerEpoch,
        totalSteps,
      };
    },
    dispose() {
      useIfOpen(device);
      runUndo(undo);
    },
    discard() {
      useIfOpen(device);
      opened.giveUp();
    },
  };
  function stop(reason: string): void {
    live.stopReason ??= reason;
  }
  function forgetAll(): void {
    batches.forget();
    runners.training.restructure();
    runners.evaluation.forget();
    runners.prediction.forget();
  }
  for (const plugin of plugins) {
    const state = states.get(plugin)!;
    apis.set(
      plugin,
      callOnce(plugin, 'api', () => plugin.api?.(run, state) as unknown),
    );
    keepUndo(
      undo,
      plugin,
      'setup',
      callOnce(plugin, 'setup', () => plugin.setup?.(run, state)),
    );
    tensorStates.set(plugin, variablesOf(plugin, run));
  }
  return live;
}
