import { parseOptions } from '@cantrip/errors';
import type { Plugin } from '@cantrip/trainer';
import * as v from 'valibot';
import { cudnnEnvironment, type CudnnMode, modeSchema } from './cudnn-environment.ts';
import { seeShape, type ShapeRecord } from './shape-watch.ts';

export interface CudnnTuningOptions {
  /** `benchmark` by default. */
  readonly mode?: CudnnMode;
}

const optionsSchema = v.strictObject({ mode: v.optional(modeSchema, 'benchmark') });

/**
 * Plugin: how TensorFlow chooses cuDNN's algorithms, set before it loads; under `benchmark` it warns, with their
 * number, when input shapes vary.
 *
 * @throws CantripError OPTION_INVALID; from the trainer ENVIRONMENT_CONFLICT when another plugin wants otherwise, and
 *   ENVIRONMENT_TOO_LATE when TensorFlow has loaded already with other values
 * @example
 * ```ts
 * createTrainer({ …, plugins: [cudnnTuning({ mode: 'deterministic' })] });
 * ```
 */
export function cudnnTuning(options: CudnnTuningOptions = {}): Plugin<ShapeRecord> {
  const { mode } = parseOptions('cudnnTuning', optionsSchema, options);
  return {
    name: 'cudnn-tuner',
    environment: cudnnEnvironment(mode),
    state: () => ({ signatures: [] }),
    ...(mode === 'benchmark' && {
      onStepEnd({ run, state, signature }) {
        const warning = seeShape(state, signature);
        if (warning !== undefined) run.log(warning);
      },
    }),
  };
}
