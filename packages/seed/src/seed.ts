import { deriveSeed } from '@cantrip/ops';
import { parseOptions } from '@cantrip/errors';
import type { Plugin } from '@cantrip/trainer';
import * as v from 'valibot';
import { installGenerator } from './host-generator.ts';
import { isSeed, seedExpected } from './is-seed.ts';
import { seedEverything } from './seed-everything.ts';
import { type SeedReach, tensorFlowData } from './seed-shuffle.ts';

export interface SeedOptions extends SeedReach {
  /** An integer in [0, 2^53); 0 is a seed. One is generated, and logged, when none is given. */
  readonly value?: number | undefined;
  /**
   * TensorFlow runs only ops that give the same result in every run, and refuses those without such a form and random
   * ops without a seed; `'warn'` runs these all the same where steps run op by op, and names each once. False by
   * default: on a GPU it costs speed.
   */
  readonly deterministic?: boolean | 'warn' | undefined;
}

/** What the trainer saves: how many numbers `Math.random` has given since the model was built. */
export interface SeedState extends Record<string, unknown> {
  draws: number;
}

/** What `run.use(plugin)` gives. */
export interface SeedApi {
  /** The seed of the run, given or generated. */
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
 * Plugin: one seed for initial weights, shuffling, dropout, noise and augmentation.
 *
 * The trainer keys its random streams (those of dropout and noise layers among them) and the order of the data by this
 * seed; what draws from `Math.random` follows it too, and where that stands is saved with the run.
 *
 * @throws CantripError OPTION_INVALID; from the trainer ENVIRONMENT_CONFLICT and ENVIRONMENT_TOO_LATE where
 *   `deterministic` comes against another plugin or after TensorFlow has loaded, NATIVE_OP or RANDOM_UNSEEDED where an
 *   op can't be deterministic
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
    // Without one the trainer generates it, or takes the saved one when it resumes.
    ...(value === undefined ? {} : { seed: value }),
    ...(deterministic === false ? {} : { environment: determinism(deterministic) }),
    state: () => ({ draws: 0 }),
    prepare({ seed: actual, log }) {
      if (value === undefined)
        log(`seed ${actual} was generated: seed({ value: ${actual} }) repeats this run`);
      // Numbers of its own, for a resumed run comes by here as well, before its state is put back.
      return seedEverything(deriveSeed(actual, 'prepare'), { data });
    },
    setup: (run, state) => installGenerator({ seed: run.seed, position: state }),
    api: (run) => ({ value: run.seed }),
  };
}

/** What TensorFlow reads when it loads, and core-tensor-gpu when an op is refused. */
function determinism(deterministic: true | 'warn'): Readonly<Record<string, string>> {
  const required = { TF_DETERMINISTIC_OPS: '1' };
  return deterministic === 'warn' ? { ...required, CANTRIP_DETERMINISTIC_OPS: 'warn' } : required;
}
