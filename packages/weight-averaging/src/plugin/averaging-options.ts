import { schemaOf } from '@cantrip/errors';
import { type Length, lengthCheck } from '@cantrip/plugin-kit';
import * as v from 'valibot';

/** The options that both plugins have. */
export interface AveragingOptions {
  /** When averaging begins: a number of steps, `'3ep'` or `'50%'`. */
  readonly start?: Length | undefined;
  /** How often the weights enter the average. A step is an update of the optimizer, also with accumulation. */
  readonly every?: Length | undefined;
  /**
   * What happens to the variables that no gradient trains, e.g. the statistics of batch normalisation: `average` them
   * too, or `copy` them each time that the weights enter the average.
   */
  readonly statistics?: 'average' | 'copy' | undefined;
  /** Whether validation, `evaluate` and `predict` use the `averages` (the default) or the run's own `weights`. */
  readonly evaluateWith?: 'averages' | 'weights' | undefined;
}

/** {@link AveragingOptions} with all defaults. */
export type CheckedAveraging = {
  readonly [Name in keyof AveragingOptions]-?: NonNullable<AveragingOptions[Name]>;
};

const lengthSchema: v.GenericSchema<Length> = schemaOf(lengthCheck);

/** Schema of a length longer than 0. */
export const someLengthSchema: v.GenericSchema<Length> = v.pipe(
  lengthSchema,
  v.check((every) => Number.parseFloat(String(every)) > 0, 'must be a length longer than 0'),
);

/** The schema entries of {@link AveragingOptions}. */
export const averagingEntries = ({
  start,
  every,
  statistics,
}: Pick<CheckedAveraging, 'start' | 'every' | 'statistics'>): {
  readonly [Name in keyof CheckedAveraging]: v.OptionalSchema<
    v.GenericSchema<CheckedAveraging[Name]>,
    CheckedAveraging[Name]
  >;
} => ({
  start: v.optional(lengthSchema, start),
  every: v.optional(someLengthSchema, every),
  statistics: v.optional(v.picklist(['average', 'copy']), statistics),
  evaluateWith: v.optional(v.picklist(['averages', 'weights']), 'averages'),
});
