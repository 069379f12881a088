import { cudnnTuning } from '@cantrip/cudnn-tuner';
import { parseOptions } from '@cantrip/errors';
import { seed } from '@cantrip/seed';
import type { PluginList } from '@cantrip/trainer';
import * as v from 'valibot';

export interface ReproducibleOptions {
  /** The seed of the run, an integer in [0, 2^53). */
  readonly seed: number;
  /** What happens at an op that has no deterministic kernel: an error (`true`, the default), or one warning. */
  readonly deterministic?: true | 'warn';
}

const schema = v.strictObject({
  seed: v.pipe(v.number(), v.safeInteger('must be an integer in [0, 2^53)'), v.minValue(0)),
  deterministic: v.optional(v.union([v.literal(true), v.literal('warn')], "must be true or 'warn'"), true),
});

/**
 * The plugins of a run that gives the same bits when it is run again: one seed for everything that draws, and
 * deterministic kernels.
 *
 * It lists `seed` and `cudnnTuning` with the mode `deterministic`, after NVIDIA's and PyTorch's notes. TensorFlow reads these
 * settings when it loads, so create the trainer before anything else opens the device.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * createTrainer({ …, plugins: [reproducible({ seed: 42 })] });
 * ```
 * @see NVIDIA, https://github.com/NVIDIA/framework-reproducibility
 * @see PyTorch, https://docs.pytorch.org/docs/stable/notes/randomness.html
 */
export function reproducible(options: ReproducibleOptions): PluginList {
  const { seed: value, deterministic } = parseOptions('reproducible', schema, options);
  return [seed({ value, deterministic }), cudnnTuning({ mode: 'deterministic' })];
}
