import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type CheckedSettings, type Settings, settingsEntries, settingsEnvironment } from './settings.ts';

/**
 * How TensorFlow chooses its algorithms, above all cuDNN's convolutions on a GPU.
 *
 * - `benchmark`: measures all algorithms for every new shape and uses the fastest. With `deterministic: true` it
 *   also measures, but uses the first deterministic one that works.
 * - `deterministic`: uses the first algorithm that works and is deterministic. An op without a deterministic
 *   algorithm throws an error.
 * - `measure`: times the real training step with and without oneDNN, XLA and fewer threads. It measures once for
 *   each machine, model and batch, stores the fastest settings and uses them at later starts.
 * - `off`: measures nothing and uses cuDNN's first suggestion.
 */
export type CudnnMode = 'benchmark' | 'deterministic' | 'measure' | 'off';

/** Schema of the option `mode`. */
export const modeSchema: v.PicklistSchema<['benchmark', 'deterministic', 'measure', 'off'], undefined> =
  v.picklist(['benchmark', 'deterministic', 'measure', 'off']);

const environments: Readonly<Record<CudnnMode, Readonly<Record<string, string>>>> = {
  benchmark: { TF_CUDNN_USE_AUTOTUNE: '1', TF_DETERMINISTIC_OPS: '0' },
  deterministic: { TF_DETERMINISTIC_OPS: '1' },
  // Mode `measure` sets its variables after the measurement.
  measure: {},
  off: { TF_CUDNN_USE_AUTOTUNE: '0' },
};

const modeOption = v.object({ mode: modeSchema });
const settingsOptions = v.strictObject(settingsEntries);

/**
 * Returns the environment variables for a mode and settings. Set them before TensorFlow loads, because TensorFlow
 * reads them only then.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * cudnnEnvironment('deterministic'); // { TF_DETERMINISTIC_OPS: '1' }
 * cudnnEnvironment('off', { intraOpThreads: 1 }); // { TF_CUDNN_USE_AUTOTUNE: '0', TF_NUM_INTRAOP_THREADS: '1' }
 * ```
 * @see xla/tsl/util/use_cudnn.cc, xla/tsl/util/determinism.cc, tensorflow/core/util/util.cc and
 *   tensorflow/core/common_runtime/process_util.cc of TensorFlow, which read these variables
 */
export function cudnnEnvironment(mode: CudnnMode, settings: Settings = {}): Readonly<Record<string, string>> {
  const who = 'cudnnEnvironment';
  parseOptions(who, modeOption, { mode });
  return checkedEnvironment(who, mode, parseOptions(who, settingsOptions, settings));
}

/** The same as {@link cudnnEnvironment}, for checked options. */
export function checkedEnvironment(
  who: string,
  mode: CudnnMode,
  settings: CheckedSettings,
): Readonly<Record<string, string>> {
  if (mode === 'deterministic' && settings.deterministic === false) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: "deterministic must not be false in mode 'deterministic'",
      fix: "Remove the option deterministic, or set mode to 'benchmark' or 'off'",
    });
  }
  return { ...environments[mode], ...settingsEnvironment(settings) };
}
