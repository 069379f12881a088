import { parseOptions } from '@cantrip/errors';
import type { Plugin } from '@cantrip/trainer';
import * as v from 'valibot';
import { measureMode } from './measure/measure-mode.ts';
import { checkedEnvironment, type CudnnMode, modeSchema } from './settings/cudnn-environment.ts';
import { type Settings, settingsEntries } from './settings/settings.ts';
import { appliedSettings } from './settings/applied-settings.ts';
import type { ShapeRecord, ShapeReport } from './shapes/shape-watch.ts';
import { watchShapes } from './shapes/watch-shapes.ts';

export interface CudnnTuningOptions extends Settings {
  /** `benchmark` by default. */
  readonly mode?: CudnnMode;
  /** `xla` lets TensorFlow's compiler make one program of captured steps. */
  readonly compile?: 'xla';
  /** Seconds that mode `measure` may take; 60 by default. */
  readonly budget?: number;
  /** How many different shapes of batches are expected, e.g. `bucketedDataset(…).signatures`; 1 by default. */
  readonly shapes?: number;
}

const optionsSchema = v.strictObject({
  mode: v.optional(modeSchema, 'benchmark'),
  compile: v.optional(v.literal('xla')),
  budget: v.optional(v.pipe(v.number(), v.minValue(1), v.maxValue(3600)), 60),
  shapes: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 1),
  ...settingsEntries,
});

/**
 * Plugin: how TensorFlow chooses cuDNN's algorithms and what else it reads when it loads. It is set before that,
 * compared afterwards with what TensorFlow says of itself, and each difference is logged.
 *
 * It watches the shapes of batches where another one costs time, because the step is recorded or tuned for it, and warns
 * with their number, what they cost and what to do; `run.use(plugin)` gives the same at any time.
 *
 * Mode `measure` runs the program again, up to its first `fit` and without its output, in processes of their own which
 * time the step with other settings; the fastest is stored (`cantrip doctor` shows it) and used from the next start on
 * without measuring. What the program does before `fit` therefore happens several times the first time. It leaves alone
 * what is set by options or in the environment.
 *
 * @throws CantripError OPTION_INVALID; from the trainer ENVIRONMENT_CONFLICT when another plugin wants otherwise, and
 *   ENVIRONMENT_TOO_LATE when TensorFlow has loaded already with other values
 * @example
 * ```ts
 * createTrainer({ …, plugins: [cudnnTuning({ mode: 'deterministic', tf32: false })] });
 * ```
 */
export function cudnnTuning(options: CudnnTuningOptions = {}): Plugin<ShapeRecord, ShapeReport> {
  const { mode, compile, budget, shapes, ...settings } = parseOptions('cudnnTuning', optionsSchema, options);
  const environment = checkedEnvironment('cudnnTuning', mode, settings);
  const measuring = mode === 'measure' ? measureMode(budget) : undefined;
  const watched = watchShapes(shapes);
  const applied = appliedSettings();
  return {
    name: 'cudnn-tuner',
    environment,
    ...(compile && { compile }),
    ...(measuring && { tune: measuring.tune }),
    state: watched.state,
    api: watched.api,
    prepare(context) {
      if (mode === 'benchmark' && settings.deterministic) context.log(bothAtOnce);
      watched.prepare(context);
      const all = { ...environment, ...measuring?.choice()?.environment };
      return applied.apply({ environment: all, tf32: settings.tf32 }, context.log);
    },
    onStepEnd(step) {
      if (step.recording && (compile ?? measuring?.choice()?.compile)) applied.checkCompiled(step.run.log);
      measuring?.checkStep(step.run, step.signature);
      watched.see(step);
    },
  };
}

const bothAtOnce =
  "[cudnn-tuner] benchmark with deterministic: cuDNN's algorithms are measured for each shape, and the first " +
  "deterministic one that works is taken all the same, as in mode 'deterministic'.";
