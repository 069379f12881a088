import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

/**
 * How TensorFlow chooses cuDNN's convolution algorithms.
 *
 * - `benchmark`: measures the candidates for every new shape and takes the fastest.
 * - `deterministic`: takes the first one that works and gives the same result in every run; other ops without a
 *   deterministic form fail with a message.
 * - `off`: measures nothing and takes cuDNN's own first suggestion.
 */
export type CudnnMode = 'benchmark' | 'deterministic' | 'off';

/** The option `mode`. */
export const modeSchema: v.PicklistSchema<['benchmark', 'deterministic', 'off'], undefined> = v.picklist([
  'benchmark',
  'deterministic',
  'off',
]);

const environments: Readonly<Record<CudnnMode, Readonly<Record<string, string>>>> = {
  // Where determinism is asked for, TensorFlow measures and then takes the first candidate all the same.
  benchmark: { TF_CUDNN_USE_AUTOTUNE: '1', TF_DETERMINISTIC_OPS: '0' },
  deterministic: { TF_DETERMINISTIC_OPS: '1' },
  off: { TF_CUDNN_USE_AUTOTUNE: '0' },
};

/**
 * The environment variables of a mode, which TensorFlow must find when it loads.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * cudnnEnvironment('deterministic'); // { TF_DETERMINISTIC_OPS: '1' }
 * ```
 * @see tsl/util/use_cudnn.cc and tsl/util/determinism.cc of TensorFlow, which read them
 */
export function cudnnEnvironment(mode: CudnnMode): Readonly<Record<string, string>> {
  const checked = parseOptions('cudnnEnvironment', v.strictObject({ mode: modeSchema }), { mode });
  return { ...environments[checked.mode] };
}
