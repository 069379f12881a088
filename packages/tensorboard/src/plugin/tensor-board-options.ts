import { parseOptions, schemaOf } from '@cantrip/errors';
import { type Length, lengthCheck, type NamePattern, namePatternCheck } from '@cantrip/plugin-kit';
import * as v from 'valibot';
import type { Hyperparameters } from '../summaries/hyperparameters.ts';

export interface HistogramOptions {
  /** How often: steps, `'0.5ep'` or `'10%'`; `'1ep'` by default. */
  readonly every?: Length;
  /** Histograms of the weights; true by default. */
  readonly weights?: boolean;
  /**
   * Histograms of the gradients that the optimizer receives; false by default. They need a copy of the gradients on the device,
   * and a second recording of a captured step.
   */
  readonly gradients?: boolean;
  /** Which variables, by their names in `run.variables`; all by default. */
  readonly names?: NamePattern;
}

export interface TensorBoardOptions {
  /** The folder for `tensorboard --logdir`. It is created if it does not exist. */
  readonly folder: string;
  /** How often loss, learning rate and scheduled scalars of a step are written: steps, `'0.1ep'` or `'1%'`; 10 by default. */
  readonly every?: Length;
  /** Histograms of weights and gradients. None by default. */
  readonly histograms?: HistogramOptions | undefined;
  /** Further settings for the table of hyperparameters, such as the batch size. They replace the run's own of the same name. */
  readonly hyperparameters?: Hyperparameters | undefined;
}

const length = v.pipe(
  schemaOf(lengthCheck),
  v.check((value) => Number.parseFloat(String(value)) > 0, 'must be longer than 0'),
);

const schema = v.strictObject({
  folder: v.pipe(v.string(), v.nonEmpty()),
  every: v.optional(length, 10),
  histograms: v.optional(
    v.strictObject({
      every: v.optional(length, '1ep'),
      weights: v.optional(v.boolean(), true),
      gradients: v.optional(v.boolean(), false),
      names: v.optional(schemaOf(namePatternCheck), '**'),
    }),
  ),
  hyperparameters: v.optional(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])), {}),
});

export interface ReadTensorBoard {
  readonly folder: string;
  readonly every: Length;
  readonly histograms: Required<HistogramOptions> | undefined;
  readonly hyperparameters: Hyperparameters;
}

/** @throws CantripError OPTION_INVALID */
export const readTensorBoardOptions = (options: TensorBoardOptions): ReadTensorBoard =>
  parseOptions('tensorBoard', schema, options) as ReadTensorBoard;
