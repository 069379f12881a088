import { isPlainObject, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';

export interface RunLogOptions {
  /** The run folder. It is created if it does not exist. */
  readonly folder: string;
  /** The number of steps between two logged steps; an integer >= 1, 10 by default. Every epoch is logged. */
  readonly every?: number;
  /**
   * Whether to write what the model predicts in the validation, and the examples with the largest losses; false by default. It reads
   * the outputs of each validation batch.
   */
  readonly predictions?: boolean;
  /** With `predictions`, the number of examples with the largest losses that are written; an integer from 0 to 100, 12 by default. */
  readonly worst?: number;
  /** Whatever you want to find again beside the run: plain data by name. */
  readonly hyperparameters?: Readonly<Record<string, unknown>>;
}

const schema = v.strictObject({
  folder: v.pipe(
    v.string(),
    v.nonEmpty(),
    v.check((path) => !path.includes('\0'), 'must be the path of a folder'),
  ),
  every: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 10),
  predictions: v.optional(v.boolean(), false),
  worst: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(100)), 12),
  hyperparameters: v.optional(
    v.custom<Readonly<Record<string, unknown>>>(isPlainObject, 'must be an object, e.g. { width: 64 }'),
    {},
  ),
});

/** @throws CantripError OPTION_INVALID */
export const readRunLogOptions = (options: RunLogOptions): Required<RunLogOptions> =>
  parseOptions('runLog', schema, options);
