import * as v from 'valibot';
import { CantripError, describe, parseOptions } from '@cantrip/errors';
import { fromTfjs, type Optimizer } from '@cantrip/optimizers';
import type { Optimizer as TfjsOptimizer } from '@tensorflow/tfjs-core';
import { checkDevice, type DeviceOption } from '../device/device-option.ts';
import type { ModelOption } from '../model/build-model.ts';
import { isLayersModel } from '../model/is-layers-model.ts';
import { factories } from '../objective/factories.ts';
import type { LossOption } from '../objective/loss.ts';
import type { MetricsOption } from '../objective/metric.ts';
import { type Objective, objectiveOf } from '../objective/objective.ts';
import { checkCompile } from '../hooks/check-compile.ts';
import { checkPrecision, type Precision } from '../device/precision.ts';
import { awaitedPlugins } from '../hooks/awaited-plugins.ts';
import { checkPlugins, type PluginList } from '../hooks/check-plugins.ts';
import { idOf } from '../contract/plugin-id.ts';
import { mergeEnvironment, mergeSeed } from '../hooks/merge-facts.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import { areTexts, checkParts } from '../checks/check-parts.ts';
import { isPlainFunction, requirePlainFunction } from '../checks/plain-function.ts';
import { refuseUncalled } from '../checks/uncalled-factory.ts';

export type OptimizerOption = Optimizer | TfjsOptimizer | (() => Optimizer | TfjsOptimizer);

export interface TrainerOptions {
  /**
   * A function that creates the model, or an existing LayersModel. The function runs after the device is open and the
   * seed is set.
   */
  readonly model: ModelOption;
  /**
   * An optimizer of `@cantrip/optimizers` or of `tf.train`. A `tf.train` optimizer needs an open device when it is
   * created. If none is open yet, pass a function: `() => tf.train.adam(0.001)`.
   */
  readonly optimizer: OptimizerOption;
  /** The loss to minimise: one, or one for each output by name. */
  readonly loss: LossOption;
  /** The factor of each output's loss in their sum, by name; 1 by default. */
  readonly lossWeights?: Readonly<Record<string, number>>;
  /** The metrics, for one output or for each output by name. */
  readonly metrics?: MetricsOption;
  /**
   * The plugins, in the order in which they run. Falsy entries are skipped. Promises are awaited when the trainer is
   * opened.
   */
  readonly plugins?: PluginList;
  /**
   * The device to train on. `auto`, the default, is the best one available. An open device may be passed too: in a
   * browser `await backendDevice()` of `@cantrip/ops`.
   */
  readonly device?: DeviceOption;
  /**
   * Whether the step is recorded once and replayed as one call of TensorFlow. `auto` (the default): if possible;
   * otherwise a log message says why not. `true`: an error if it is impossible. `false`: runs op by op.
   */
  readonly capture?: 'auto' | boolean;
  /**
   * `xla` compiles the captured training step with TensorFlow's compiler XLA. An op that XLA lacks is an error.
   * Evaluation and prediction are captured but not compiled. With `capture: false` it is refused. If nothing can be
   * captured, a log message says that it is ignored.
   */
  readonly compile?: 'xla';
  /**
   * `bfloat16` trains in mixed precision: matrix products and convolutions in bfloat16, and weights, updates, sums and
   * losses in float32. `evaluate` and `predict` use it too. It needs a captured step, so `capture` is then true, and a
   * processor with AVX512-BF16 or AMX, or a GPU from Ampere on. Elsewhere it is refused. `float32` by default.
   */
  readonly precision?: Precision;
  /**
   * The number of steps between two checks that the losses are finite; 10 by default. The losses are also checked at
   * the end of each epoch. The error names the first step with a bad loss, and may come up to this many steps later.
   */
  readonly checkLossEvery?: number;
  /**
   * Whether Ctrl-C (SIGINT) or SIGTERM completes the current step and ends `fit` normally; true by default. `stopped` of
   * the history then names the signal. A second signal ends the process.
   */
  readonly handleInterrupt?: boolean;
  /**
   * Whether the trainer logs its device, a line after each epoch, where a resumed run goes on, and why a run ended early;
   * true by default. A plugin such as `progress` shows the epochs in its own way. `false` leaves only warnings.
   */
  readonly reporter?: boolean;
  /** Receives the log messages; by default they are written to standard error. */
  readonly log?: (message: string) => void;
}

/** The checked options, with defaults filled in. */
export interface CheckedOptions {
  readonly model: ModelOption;
  /** Called after the device is opened. */
  readonly optimizer: () => Optimizer;
  readonly objective: Objective;
  readonly plugins: readonly AnyPlugin[];
  readonly device: DeviceOption;
  readonly capture: 'auto' | boolean;
  readonly compile: 'xla' | undefined;
  readonly precision: Precision;
  readonly checkLossEvery: number;
  readonly handleInterrupt: boolean;
  readonly reporter: boolean;
  readonly log: (message: string) => void;
}

const schema = v.strictObject({
  model: v.any(),
  optimizer: v.any(),
  loss: v.any(),
  lossWeights: v.optional(v.any()),
  metrics: v.optional(v.any(), []),
  plugins: v.optional(v.any(), []),
  device: v.optional(v.any(), 'auto'),
  capture: v.optional(v.union([v.literal('auto'), v.boolean()]), 'auto'),
  compile: v.optional(v.literal('xla')),
  precision: v.optional(v.picklist(['float32', 'bfloat16']), 'float32'),
  checkLossEvery: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 10),
  handleInterrupt: v.optional(v.boolean(), true),
  reporter: v.optional(v.boolean(), true),
  log: v.optional(v.function()),
});

/**
 * Checks everything that can be checked before a device is open.
 *
 * @throws CantripError OPTION_INVALID, DEVICE_UNKNOWN, MODEL_INVALID or one of the PLUGIN_… codes
 */
export function checkOptions(given: TrainerOptions): CheckedOptions {
  const options = parseOptions('createTrainer', schema, given) as TrainerOptions;
  const plugins = checkedPlugins(options.plugins!, options.capture!);
  checkCompile('createTrainer', options.compile, options.capture!);
  checkPrecision(options);
  return {
    model: checkModel(options.model),
    optimizer: checkOptimizer(options.optimizer),
    objective: objectiveOf(options),
    plugins,
    device: checkDevice(options.device!),
    capture: options.precision === 'bfloat16' ? true : options.capture!,
    precision: options.precision!,
    compile: options.compile,
    checkLossEvery: options.checkLossEvery!,
    handleInterrupt: options.handleInterrupt!,
    reporter: options.reporter!,
    log: options.log ?? toStandardError,
  };
}

function checkedPlugins(list: PluginList, capture: CheckedOptions['capture']): readonly AnyPlugin[] {
  const plugins = checkPlugins(list);
  mergeEnvironment(plugins);
  mergeSeed(plugins);
  for (const plugin of plugins) checkCompile(idOf(plugin), plugin.compile, capture);
  return plugins;
}

/** The options with the plugins that its list promises. */
export interface Awaited {
  readonly options: CheckedOptions;
  /** The list, with the values of its promises. */
  readonly list: PluginList;
}

/**
 * Waits for the plugins that a list promises, and checks the whole list.
 *
 * @throws CantripError PLUGIN_…, ENVIRONMENT_CONFLICT, OPTION_INVALID
 */
export async function withAwaitedPlugins(options: CheckedOptions, given: PluginList): Promise<Awaited> {
  const list = await awaitedPlugins(given);
  return { options: { ...options, plugins: checkedPlugins(list, options.capture) }, list };
}

function checkModel(model: ModelOption): ModelOption {
  refuseUncalled('model', model, factories);
  requirePlainFunction('model', model, true);
  if (typeof model === 'function' || isLayersModel(model)) return model;
  throw new CantripError('MODEL_INVALID', {
    who: 'createTrainer',
    what: `model must be a function that creates the model, or a tf.LayersModel, got ${describe(model)}`,
    fix: 'Write model: () => tf.sequential(…)',
  });
}

function checkOptimizer(optimizer: OptimizerOption): () => Optimizer {
  refuseUncalled('optimizer', optimizer, factories);
  requirePlainFunction('optimizer', optimizer);
  if (typeof optimizer === 'function') return () => toOptimizer(optimizer());
  const checked = toOptimizer(optimizer);
  return () => checked;
}

function toOptimizer(optimizer: Optimizer | TfjsOptimizer): Optimizer {
  if (isOptimizer(optimizer)) return checkedOptimizer(optimizer);
  if (typeof optimizer === 'object' && optimizer !== null && 'applyGradients' in optimizer) {
    return fromTfjs(optimizer);
  }
  throw new CantripError('OPTION_INVALID', {
    who: 'createTrainer',
    what: `optimizer must be one of @cantrip/optimizers or of tf.train, got ${describe(optimizer)}`,
    fix:
      (optimizer as unknown) instanceof Promise
        ? 'Await optimizer first'
        : "Write optimizer: sgd({ momentum: 0.9 }), imported from '@cantrip/optimizers'",
  });
}

/** Checks the fields of an optimizer, because users may write their own. */
function checkedOptimizer(optimizer: Optimizer): Optimizer {
  const { name, learningRate, scalars, batchesPerStep, keeps, start } = optimizer;
  if (name === undefined || learningRate === undefined) {
    throw new CantripError('OPTION_INVALID', {
      who: 'createTrainer',
      what: `optimizer must have a name and a learningRate, but has no ${name === undefined ? 'name' : 'learningRate'}`,
      fix: 'Add the missing field',
    });
  }
  const isCount = Number.isSafeInteger(batchesPerStep) && batchesPerStep! > 0;
  checkParts(
    { who: 'createTrainer', path: 'optimizer', code: 'OPTION_INVALID' },
    { name, learningRate, scalars, batchesPerStep, keeps, start },
    {
      name: [typeof name === 'string' && name !== '', 'a string'],
      learningRate: [Number.isFinite(learningRate), 'a finite number'],
      scalars: [areTexts(scalars), 'an array of names'],
      batchesPerStep: [isCount, 'an integer >= 1'],
      keeps: [areTexts(keeps), 'an array of names'],
      start: [isPlainFunction(start), 'a function that returns its result'],
    },
  );
  return optimizer;
}

function isOptimizer(value: unknown): value is Optimizer {
  return typeof value === 'object' && value !== null && typeof (value as Optimizer).start === 'function';
}

/**
 * Writes to standard error, or to the console in a browser. All trainers share this function, so a message that is
 * logged once per log function appears only once.
 */
function toStandardError(message: string): void {
  const stream = globalThis.process?.stderr;
  if (typeof stream?.write === 'function') stream.write(`${message}\n`);
  else console.info(message);
}
