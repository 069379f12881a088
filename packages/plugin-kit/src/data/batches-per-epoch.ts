import { type Check, checkArgument } from '@cantrip/errors';

/** As much of a dataset as is read here. */
export interface CountedBatches {
  readonly batchesPerEpoch?: number | undefined;
  /** The older word for `batchesPerEpoch`, read where that is missing. */
  readonly stepsPerEpoch?: number | undefined;
}

const sourceCheck: Check<CountedBatches> = (value) =>
  typeof value === 'object' && value !== null ? undefined : 'must be a dataset';

/**
 * How many batches a dataset declares for an epoch; NaN if it does not say.
 *
 * @param data - a dataset of `@cantrip/data`, or any object that `fit` reads
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * batchesPerEpoch({ batchesPerEpoch: 100, batches }); // 100
 * batchesPerEpoch({ stepsPerEpoch: 100, batches }); // 100
 * ```
 */
export function batchesPerEpoch(data: CountedBatches): number {
  checkArgument('batchesPerEpoch', 'data', sourceCheck, data);
  return data.batchesPerEpoch ?? data.stepsPerEpoch ?? NaN;
}
