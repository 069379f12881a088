import type { Plugin, State } from '@cantrip/trainer';
import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { isSeed, seedExpected } from './is-seed.ts';
import { seedEverything } from './seed-everything.ts';

export interface SeedOptions {
  /** An integer in [0, 2^53); 0 is a seed. One is generated, and logged, when none is given. */
  readonly value?: number | undefined;
}

/** What `run.use(plugin)` gives. */
export interface SeedApi {
  /** The seed of the run, given or generated. */
  readonly value: number;
}

const schema = v.strictObject({ value: v.optional(v.custom<number>(isSeed, seedExpected)) });

/**
 * Plugin: one seed for initial weights, shuffling, dropout, noise and augmentation.
 *
 * The trainer keys its random streams (those of dropout and noise layers among them) and the order of the data by this
 * seed; what draws from `Math.random` follows it too.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * createTrainer({ …, plugins: [seed({ value: 42 })] });
 * // logs nothing; with seed(): seed 2894106731 was generated: seed({ value: 2894106731 }) repeats this run
 * ```
 */
export function seed(options: SeedOptions = {}): Plugin<State, SeedApi> {
  const { value } = parseOptions('seed', schema, options);
  return {
    name: 'seed',
    // Without one the trainer generates it, or takes the saved one when it resumes.
    ...(value === undefined ? {} : { seed: value }),
    prepare({ seed: actual, log }) {
      if (value === undefined)
        log(`seed ${actual} was generated: seed({ value: ${actual} }) repeats this run`);
      return seedEverything(actual);
    },
    api: (run) => ({ value: run.seed }),
  };
}
