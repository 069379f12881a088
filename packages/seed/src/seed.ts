import { deriveSeed } from '@cantrip/ops';
import { parseOptions } from '@cantrip/errors';
import { plainSettings } from '@cantrip/plugin-kit';
import type { Plugin } from '@cantrip/trainer';
import * as v from 'valibot';
import { installGenerator } from './host-generator.ts';
import { isSeed, seedExpected } from './is-seed.ts';
import { seedEverything } from './seed-everything.ts';
import { type SeedReach, tensorFlowData } from './seed-shuffle.ts';

export interface SeedOptions extends SeedReach {
  /** The seed, an integer in [0, 2^53); 0 is allowed. Without it, a seed is generated and logged. */
  readonly value?: number | undefined;
  /**
   * Whether TensorFlow must use only ops that give the same result in every run. With `true`, other ops and random
   * ops without a seed throw an error. With `'warn'`, they run if steps run op by op, with one warning each. False
   * by default, because it is slower on a GPU.
   */
  readonly deterministic?: boolean | 'warn' | undefined;
}

/** The state that the trainer saves: the number of draws from `Math.random` since the model was built. */
export interface SeedState extends Record<string, unknown> {
  draws: number;
}

/** The result of `run.use(plugin)`. */
export interface SeedApi {
  /** The seed of the run, either given or generated. */
  readonly value: number;
}

const schema = v.strictObject({
  value: v.optional(v.custom<number>(isSeed, seedExpected)),
  data: v.optional(tensorFlowData),
  deterministic: v.optional(
    v.custom<boolean | 'warn'>(
      (value) => typeof value === 'boolean' || value === 'warn',
      "must be true, false or 'warn'",
    ),
    false,
  ),
});

/**
 * Plugin: makes runs repeatable, with one seed for initial weights, shuffling, dropout, noise and augmentation.
 *
 * The trainer's random streams, also those of dropout and noise layers, and the order of the data depend on this
 * seed. `Math.random` is seeded too, and its state is saved with the run.
 *
 * @throws CantripError OPTION_INVALID. From the trainer: ENVIRONMENT_CONFLICT if `deterministic` contradicts another
 *   plugin; ENVIRONMENT_TOO_LATE if TensorFlow is already loaded; NATIVE_OP or RANDOM_UNSEEDED if an op can't be
 *   deterministic
 * @example
 * ```ts
 * createTrainer({ …, plugins: [seed({ value: 42 })] });
 * // logs nothing; with seed(): seed 2894106731 was generated: seed({ value: 2894106731 }) repeats this run
 * ```
 */
export function seed(options: SeedOptions = {}): Plugin<SeedState, SeedApi> {
  const { value, data, deterministic } = parseOptions('seed', schema, options);
  return {
    name: 'seed',
    settings: plainSettings({ value, data, deterministic }),
    // Without a value, the trainer generates a seed, or uses the saved one when it resumes.
    ...(value === undefined ? {} : { seed: value }),
    ...(deterministic === false ? {} : { environment: determinism(deterministic) }),
    state: () => ({ draws: 0 }),
    prepare({ seed: actual, log }) {
      if (value === undefined)
        log(`seed ${actual} was generated: seed({ value: ${actual} }) repeats this run`);
      // A separate seed, because a resumed run also runs this, before its state is restored.
      return seedEverything(deriveSeed(actual, 'prepare'), { data });
    },
    setup: (run, state) => installGenerator({ seed: run.seed, position: state }),
    api: (run) => ({ value: run.seed }),
  };
}

/** The variables that TensorFlow reads when it loads, and core-tensor-gpu when an op is refused. */
function determinism(deterministic: true | 'warn'): Readonly<Record<string, string>> {
  const required = { TF_DETERMINISTIC_OPS: '1' };
  return deterministic === 'warn' ? { ...required, CANTRIP_DETERMINISTIC_OPS: 'warn' } : required;
}
