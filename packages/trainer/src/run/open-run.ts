import { type Device, generateSeed, installHostRandom, randomStream } from '@cantrip/ops';
import { callingPlugin } from '../hooks/calling-plugin.ts';
import { createWrappedCalls } from '../wraps/wrapped-calls.ts';
import { createBatchCheck } from '../step/check-batch.ts';
import { openTrainingDevice, type Recorder, useIfOpen } from '../device/open-device.ts';
import { tellDevice } from '../report/device-line.ts';
import { createReporter } from '../report/reporter.ts';
import { apiOf, createRun } from './create-run.ts';
import { createHeldSchedules } from './held-schedules.ts';
import { createRunners } from './create-runners.ts';

import { createTotals } from '../step/totals.ts';
import type { LiveRun } from './live-run.ts';
import type { Lock } from '../lock/lock.ts';
import type { RunningOptimizer } from '@cantrip/optimizers';
import { buildModel } from '../model/build-model.ts';
import type { BuiltModel } from '../model/built-model.ts';
import { ensureGradients } from '../model/ensure-gradients.ts';
import { callOnce } from '../hooks/call-once.ts';
import { hostRandom } from '../hooks/host-random.ts';
import { transformModels } from './transform-model.ts';
import { mergeSeed } from '../hooks/merge-facts.ts';
import type { Tuning } from '../contract/tuning.ts';

import { tune } from '../hooks/tune.ts';
import { createChangeLog } from '../step/change-log.ts';
import type { CheckedOptions } from '../options/trainer-options.ts';
import { checkPrecision, requirePrecision } from '../device/precision.ts';
import { refusePromise } from '../checks/refuse-promise.ts';
import { createGivingUp } from './giving-up.ts';
import { createPluginsInRun } from './set-up-plugins.ts';
import { keepUndo, runUndo, type Undo } from './undo.ts';

/**
 * Opens the device with the plugins' environment, sets the seed, builds the model and sets up the plugins. If one of
 * these fails, everything is undone.
 */
export async function openRun(options: CheckedOptions, lock: Lock, givenSeed?: number): Promise<LiveRun> {
  const { plugins } = options;
  const seed = mergeSeed(plugins) ?? givenSeed ?? generateSeed();
  const undo: Undo[] = [];
  const { owns, giveUp } = createGivingUp(undo, options.log);
  try {
    // This comes first, because a device may replace a registered gradient by a faster one.
    await ensureGradients();
    const { environment, compile, rehearse } = await tune(options);
    checkPrecision({ ...options, compile });
    const { device, recorder } = await openTrainingDevice(options.device, environment);
    requirePrecision(options.precision, recorder, device.name);
    if (options.reporter) tellDevice({ ...device.describe(), precision: options.precision }, options.log);
    const prepared = { seed, device: device.describe(), log: options.log };
    for (const plugin of plugins) {
      keepUndo(
        undo,
        plugin,
        'prepare',
        callOnce(plugin, 'prepare', () => plugin.prepare?.(prepared)),
      );
    }
    const model = await buildSeeded(options, seed, (given, made) => {
      // Now, because the transforms may fail.
      if (typeof options.model === 'function') owns(made);
      // The model function may have made another device current.
      device.use();
      return transformModels(plugins, given, prepared, undo);
    });
    device.use();
    for (const run of [model.fuse(), model.repair(), model.seedLayers(), model.watchLayers()])
      undo.push({ run });
    return setUp({ ...options, compile }, { lock, device, recorder, model, seed, rehearse, undo, giveUp });
  } catch (error) {
    giveUp();
    throw error;
  }
}

async function buildSeeded(
  options: CheckedOptions,
  seed: number,
  transform: Parameters<typeof buildModel>[1],
): Promise<BuiltModel> {
  const restore = installHostRandom(randomStream({ seed, stream: 'initial-weights' }));
  try {
    return await buildModel(options.model, transform);
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
  const { lock, device, recorder, seed, rehearse, undo } = opened;
  const wraps = createWrappedCalls(opened.model, options.plugins);
  const { model } = wraps;
  undo.push({ run: wraps.clear });
  const inRun = createPluginsInRun(options.plugins, undo);
  const recipe = options.optimizer();
  const held = createHeldSchedules();
  const run = createRun(
    { ...options, recipe, model, seed },
    {
      use: (plugin) => apiOf(inRun.apis, plugin),
      stop,
      stopReason: () => live.stopReason,
      holdSchedules: held.hold,
      restructure: () => forgetAll(),
      wrapCall: (layer, wrap) => wraps.add(callingPlugin() ?? lock.callers()[0]?.plugin, layer, wrap),
    },
  );
  const optimizer = recipe.start(Object.keys(model.variables), model.roles);
  undo.push({ run: () => live.optimizer.dispose() });
  const position = { epoch: 0, step: 0, batch: 0, examples: 0, batches: 0 };
  const totals = createTotals(options.objective);
  const batches = createBatchCheck({ device, model, options, run, position });
  const changes = createChangeLog();
  const runners = createRunners(
    { ...options, recorder },
    { device, model, optimizer: () => live.optimizer, run, position, totals, changes, wraps, ...inRun },
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
    ...inRun,
    wraps,
    changes,
    lent: new Map(),
    rehearse,
    data: undefined,
    fitting: undefined,
    history: [],
    validationDue: undefined,
    begunWith: undefined,
    stopReason: undefined,
    fitted: false,
    halfDone: undefined,
    telling: undefined,
    reporter: createReporter(options, position),
    hostContext(plugin, { epochs, stepsPerEpoch, totalSteps }, ahead = 0) {
      // Made current right before each hook, because hooks may compute.
      device.use();
      return {
        run,
        ...inRun.own(plugin),
        state: inRun.states.get(plugin)!,
        random: hostRandom(plugin, { seed, step: position.batches + ahead }),
        epoch: position.epoch,
        step: position.step,
        batch: position.batch + ahead,
        epochs,
        stepsPerEpoch,
        totalSteps,
        heldAt: held.at(),
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
  live.optimizer = inRun.setUp(run, constraining(optimizer, recipe.name, model));
  return live;
}

/** Constraints belong to the update, so optimizers of plugins see the weights that training goes on with. */
function constraining(optimizer: RunningOptimizer, name: string, model: BuiltModel): RunningOptimizer {
  return {
    ...optimizer,
    apply(update) {
      refusePromise(name, 'apply of the optimizer', optimizer.apply(update));
      model.constrain();
    },
  };
}
