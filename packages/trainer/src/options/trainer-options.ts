import * as v from 'valibot';
import { CantripError, describe, parseOptions } from '@cantrip/errors';
import { fromTfjs, type Optimizer } from '@cantrip/optimizers';
import type { Optimizer as TfjsOptimizer } from '@tensorflow/tfjs-core';
import { checkDevice, type DeviceOption } from '../device/device-option.ts';
import type { ModelOption } from '../model/build-model.ts';
import { isLayersModel } from '../model/build-model.ts';
import { factories } from '../objective/factories.ts';
import type { LossOption } from '../objective/loss.ts';
import type { MetricsOption } from '../objective/metric.ts';
import { type Objective, objectiveOf } from '../objective/objective.ts';
import { checkCompile } from '../hooks/check-compile.ts';
import { checkPlugins, type PluginList } from '../hooks/check-plugins.ts';
import { mergeEnvironment, mergeSeed } from '../hooks/merge-facts.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import { areTexts, checkParts } from '../checks/check-parts.ts';
import { isPlainFunction, requirePlainFunction } from '../checks/plain-function.ts';
import { refuseUncalled } from '../checks/uncalled-factory.ts';

export type OptimizerOption = Optimizer | TfjsOptimizer | (() => Optimizer | TfjsOptimizer);

export interface TrainerOptions {
  /** Runs after the device is open and the seed is set; or a LayersModel that exists already. */
  readonly model: ModelOption;
  /**
   * An optimizer of `@cantrip/optimizers`, or one of `tf.train`. Those want a device when they are made, so give a
   * function where none is open yet: `() => tf.train.adam(0.001)`.
   */
  readonly optimizer: OptimizerOption;
  /** What is minimised: one loss, or one for each output by name. */
  readonly loss: LossOption;
  /** What the loss of each output counts as in their sum, by name; 1 by default. */
  readonly lossWeights?: Readonly<Record<string, number>>;
  /** Figures beside the loss, for one output or for each by name. */
  readonly metrics?: MetricsOption;
  /** Tricks in the order in which they run; falsy entries are left out. */
  readonly plugins?: PluginList;
  /**
   * `auto` by default: the best one present. A device that is open may be given too: in a browser
   * `await backendDevice()` of `@cantrip/ops`.
   */
  readonly device?: DeviceOption;
  /**
   * Whether the step is recorded once and replayed as one call of TensorFlow's: `auto` (the default) where that can
   * be, and a message says why where it can't; `true` makes that an error; `false` runs op by op.
   */
  readonly capture?: 'auto' | boolean;
  /**
   * `xla` lets TensorFlow's compiler make one program of the captured training step. An op that it lacks is an error
   * there; evaluation and prediction are captured without it. Where nothing is captured it is refused, or a message
   * says that it is left out.
   */
  readonly compile?: 'xla';
  /**
   * Steps between two looks at whether the losses since the last one were finite, beside one at each epoch's end; 10 by
   * default. The error names the first step whose loss was not, up to so many steps after it.
   */
  readonly checkLossEvery?: number;
  /** Whether Ctrl-C finishes the step and ends `fit` cleanly; true by default. */
  readonly handleInterrupt?: boolean;
  /** Where plugins' messages go; standard error by default. */
  readonly log?: (message: string) => void;
}

/** The options with defaults filled in and each part checked. */
export interface CheckedOptions {
  readonly model: ModelOption;
  /** Called when the device is open. */
  readonly optimizer: () => Optimizer;
  readonly objective: Objective;
  readonly plugins: readonly AnyPlugin[];
  readonly device: DeviceOption;
  readonly capture: 'auto' | boolean;
  readonly compile: 'xla' | undefined;
  readonly checkLossEvery: number;
  readonly handleInterrupt: boolean;
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
  checkLossEvery: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 10),
  handleInterrupt: v.optional(v.boolean(), true),
  log: v.optional(v.function()),
});

/**
 * Checks everything that can be checked before a device is open.
 *
 * @throws CantripError OPTION_INVALID, DEVICE_UNKNOWN, MODEL_INVALID or one of the PLUGIN_… codes
 */
export function checkOptions(given: TrainerOptions): CheckedOptions {
  const options = parseOptions('createTrainer', schema, given) as TrainerOptions;
  const plugins = checkPlugins(options.plugins!);
  mergeEnvironment(plugins);
  mergeSeed(plugins);
  checkCompile('createTrainer', options.compile, options.capture!);
  for (const { name, compile } of plugins) checkCompile(name, compile, options.capture!);
  return {
    model: checkModel(options.model),
    optimizer: checkOptimizer(options.optimizer),
    objective: objectiveOf(options),
    plugins,
    device: checkDevice(options.device!),
    capture: options.capture!,
    compile: options.compile,
    checkLossEvery: options.checkLossEvery!,
    handleInterrupt: options.handleInterrupt!,
    log: options.log ?? toStandardError,
  };
}

function checkModel(model: ModelOption): ModelOption {
  refuseUncalled('model', model, factories);
  requirePlainFunction('model', model, true);
  if (typeof model === 'function' || isLayersModel(model)) return model;
  throw new CantripError('MODEL_INVALID', {
    who: 'createTrainer',
    what: `model must be a function that makes the model, or a tf.LayersModel, got ${describe(model)}`,
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

/** Anybody may write an optimizer. */
function checkedOptimizer(optimizer: Optimizer): Optimizer {
  const { name, learningRate, scalars, batchesPerStep, keeps, start } = optimizer;
  if (name === undefined || learningRate === undefined) {
    throw new CantripError('OPTION_INVALID', {
      who: 'createTrainer',
      what: `optimizer has no ${name === undefined ? 'name' : 'learningRate'}`,
      fix: 'Give it both',
    });
  }
  const isCount = Number.isSafeInteger(batchesPerStep) && batchesPerStep! > 0;
  checkParts(
    { who: 'createTrainer', path: 'optimizer', code: 'OPTION_INVALID' },
    { name, learningRate, scalars, batchesPerStep, keeps, start },
    {
      name: [typeof name === 'string' && name !== '', 'a text'],
      learningRate: [Number.isFinite(learningRate), 'a finite number'],
      scalars: [areTexts(scalars), 'a list of names'],
      batchesPerStep: [isCount, 'an integer >= 1'],
      keeps: [areTexts(keeps), 'a list of names'],
      start: [isPlainFunction(start), 'a function that returns its result'],
    },
  );
  return optimizer;
}

function isOptimizer(value: unknown): value is Optimizer {
  return typeof value === 'object' && value !== null && typeof (value as Optimizer).start === 'function';
}

/** One function for all trainers: what is told once is told once on it. To the console in a browser. */
function toStandardError(message: string): void {
  const stream = globalThis.process?.stderr;
  if (typeof stream?.write === 'function') stream.write(`${message}\n`);
  else console.warn(message);
}
