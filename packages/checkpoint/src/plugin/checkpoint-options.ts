import { parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { type Every, everySchema } from './when-to-save.ts';

/** The figure that says which epoch, or validation within one, is the best. */
export interface BestFigure {
  /** The name of a figure, e.g. `validation_loss`. */
  readonly metric: string;
  /** Whether less is better (`min`) or more (`max`). */
  readonly mode: 'min' | 'max';
}

export interface CheckpointOptions {
  /** The folder of the checkpoints. It is created if it does not exist. */
  readonly folder: string;
  /**
   * When to save: a number of steps (`500`), epochs (`'1ep'`, `'0.5ep'`), a share of the run (`'10%'`) or a time (`'30s'`,
   * `'10min'`, `'2h'`). `'1ep'` by default. The end of `fit` is always saved.
   */
  readonly every?: Every;
  /** How many of the newest checkpoints stay; an integer >= 1, 3 by default. The best one stays too. */
  readonly keep?: number;
  /** Also saves each epoch, or validation within one, that is the best so far. That checkpoint stays, however old it is. */
  readonly best?: BestFigure | undefined;
  /**
   * Whether checkpoints of this folder that are later than the start of this `fit` are removed. Without it, such a folder is
   * refused: a later run could go on with the wrong one.
   */
  readonly overwrite?: boolean;
}

const schema = v.strictObject({
  folder: v.pipe(v.string(), v.nonEmpty()),
  every: v.optional(everySchema, '1ep'),
  keep: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 3),
  best: v.optional(
    v.strictObject({ metric: v.pipe(v.string(), v.nonEmpty()), mode: v.picklist(['min', 'max']) }),
  ),
  overwrite: v.optional(v.boolean(), false),
});

/** The options with defaults. */
export type ReadCheckpoint = Required<Omit<CheckpointOptions, 'best'>> & Pick<CheckpointOptions, 'best'>;

/** @throws CantripError OPTION_INVALID */
export const readCheckpointOptions = (options: CheckpointOptions): ReadCheckpoint =>
  parseOptions('checkpoint', schema, options) as ReadCheckpoint;
