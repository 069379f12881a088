import { parseOptions } from '@cantrip/errors';
import { plainSettings } from '@cantrip/plugin-kit';
import type { Plugin } from '@cantrip/trainer';
import * as v from 'valibot';
import { measureMode } from './measure/measure-mode.ts';
import { checkedEnvironment, type CudnnMode, modeSchema } from './settings/cudnn-environment.ts';
import { type Settings, settingsEntries } from './settings/settings.ts';
import { appliedSettings } from './settings/applied-settings.ts';
import type { ShapeRecord, ShapeReport } from './shapes/shape-watch.ts';
import { watchShapes, type WatchedRun } from './shapes/watch-shapes.ts';

export interface CudnnTuningOptions extends Settings {
  /** How to choose cuDNN's algorithms; `benchmark` by default. */
  readonly mode?: CudnnMode;
  /** `xla` compiles captured steps with XLA, TensorFlow's compiler. By default steps are not compiled. */
  readonly compile?: 'xla';
  /** The largest time for mode `measure`, in seconds; 60 by default. */
  readonly budget?: number;
  /** The number of batch shapes that you expect, e.g. `bucketedDataset(…).signatures`; 1 by default. */
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
 * Plugin: sets how TensorFlow chooses cuDNN's algorithms, and the other settings that TensorFlow reads when it
 * loads. It sets them before TensorFlow loads. Then it compares them with the settings that TensorFlow reports, and
 * logs each difference.
 *
 * It also counts the shapes of batches. A new shape costs time, because the step is recorded or tuned for it. The
 * warning says how many shapes there are, what they cost and what to do. `run.use(plugin)` returns the same report
 * at any time.
 *
 * Mode `measure` starts your program again in child processes, with other settings and without output. Each child
 * process times the step of the first `fit` and then ends. So all code before `fit` runs several times at the first
 * start. The fastest settings are stored, and later starts use them without measuring (`cantrip doctor` shows them).
 * Settings from options or from environment variables are not changed.
 *
 * @throws CantripError OPTION_INVALID; from the trainer ENVIRONMENT_CONFLICT, if another plugin sets other values,
 *   and ENVIRONMENT_TOO_LATE, if TensorFlow has already loaded with other values
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
    settings: plainSettings({ mode, compile, budget, shapes, ...settings }),
    environment,
    ...(compile && { compile }),
    ...(measuring && { tune: measuring.tune }),
    state: watched.state,
    setup: watched.setup,
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
  } satisfies Plugin<ShapeRecord, ShapeReport, WatchedRun>;
}

const bothAtOnce =
  "[cudnn-tuner] mode 'benchmark' with deterministic: true measures cuDNN's algorithms for each shape, but then uses " +
  "the first deterministic one that works. Set mode: 'deterministic' to get the same algorithms without measuring.";
