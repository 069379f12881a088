import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type CheckedSettings, type Settings, settingsEntries, settingsEnvironment } from './settings.ts';

/**
 * How TensorFlow chooses the way it runs, cuDNN's convolution algorithms above all.
 *
 * - `benchmark`: measures the candidates for every new shape and takes the fastest; together with
 *   `deterministic: true` it measures all the same and then takes the first deterministic one that works.
 * - `deterministic`: takes the first one that works and gives the same result in every run; other ops without a
 *   deterministic form fail with a message.
 * - `measure`: times the real training step with and without oneDNN, XLA and fewer threads, once for a machine, a
 *   model and a batch, and replays the fastest.
 * - `off`: measures nothing and takes cuDNN's own first suggestion.
 */
export type CudnnMode = 'benchmark' | 'deterministic' | 'measure' | 'off';

/** The option `mode`. */
export const modeSchema: v.PicklistSchema<['benchmark', 'deterministic', 'measure', 'off'], undefined> =
  v.picklist(['benchmark', 'deterministic', 'measure', 'off']);

const environments: Readonly<Record<CudnnMode, Readonly<Record<string, string>>>> = {
  benchmark: { TF_CUDNN_USE_AUTOTUNE: '1', TF_DETERMINISTIC_OPS: '0' },
  deterministic: { TF_DETERMINISTIC_OPS: '1' },
  // What is measured is set when it is known.
  measure: {},
  off: { TF_CUDNN_USE_AUTOTUNE: '0' },
};

const modeOption = v.object({ mode: modeSchema });
const settingsOptions = v.strictObject(settingsEntries);

/**
 * The environment variables of a mode and of settings, which TensorFlow must find when it loads.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * cudnnEnvironment('deterministic'); // { TF_DETERMINISTIC_OPS: '1' }
 * cudnnEnvironment('off', { intraOpThreads: 1 }); // { TF_CUDNN_USE_AUTOTUNE: '0', TF_NUM_INTRAOP_THREADS: '1' }
 * ```
 * @see xla/tsl/util/use_cudnn.cc, xla/tsl/util/determinism.cc, tensorflow/core/util/util.cc and
 *   tensorflow/core/common_runtime/process_util.cc of TensorFlow, which read them
 */
export function cudnnEnvironment(mode: CudnnMode, settings: Settings = {}): Readonly<Record<string, string>> {
  const who = 'cudnnEnvironment';
  parseOptions(who, modeOption, { mode });
  return checkedEnvironment(who, mode, parseOptions(who, settingsOptions, settings));
}

/** The same for options that are checked one by one. */
export function checkedEnvironment(
  who: string,
  mode: CudnnMode,
  settings: CheckedSettings,
): Readonly<Record<string, string>> {
  if (mode === 'deterministic' && settings.deterministic === false) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: "mode 'deterministic' cannot have deterministic: false",
      fix: "Leave deterministic out, or take mode 'benchmark' or 'off'",
    });
  }
  return { ...environments[mode], ...settingsEnvironment(settings) };
}
