import { CantripError, describe } from '@cantrip/errors';
import type { HostBatch } from '@cantrip/ops';
import type { Batch } from '../contract/batch.ts';

/** Which batches: the same numbers give the same batches, in every process. */
export interface BatchRequest {
  readonly seed: number;
  /** Counted from 0. */
  readonly epoch: number;
  /** How many batches of this epoch to leave out, because they have been trained on already. */
  readonly start: number;
  /**
   * How many examples those batches held, for a source that has `batchesAfter`: it goes on with the next example,
   * whatever the size of its batches was before.
   */
  readonly examples?: number;
}

/** What `fit` and `evaluate` read: a dataset of `@cantrip/data`, or any object of this form. */
export interface BatchSource {
  /** Batches in an epoch; `fit` reads exactly so many. */
  readonly batchesPerEpoch?: number | undefined;
  /** The older word for `batchesPerEpoch`, read where that is missing. */
  readonly stepsPerEpoch?: number | undefined;
  /** Examples in an epoch. */
  readonly examplesPerEpoch?: number | undefined;
  /** How many batches come after so many examples of an epoch; a source that says it heeds `examples` of a request. */
  readonly batchesAfter?: ((examples: number) => number) | undefined;
  /** What decides the order of the examples, in words: a run that is resumed in the middle of an epoch compares it. */
  readonly signature?: string | undefined;
  batches(request: BatchRequest): Iterable<HostBatch | Batch> | AsyncIterable<HostBatch | Batch>;
}

/**
 * The batches of a source, which are made one after the other.
 *
 * @throws CantripError OPTION_INVALID where `batches()` gives something else
 */
export function batchesFrom(source: BatchSource, request: BatchRequest): ReturnType<BatchSource['batches']> {
  const batches: unknown = source.batches(request);
  if (typeof batches === 'object' && batches !== null) {
    if (Symbol.asyncIterator in batches || Symbol.iterator in batches)
      return batches as ReturnType<BatchSource['batches']>;
  }
  throw new CantripError('OPTION_INVALID', {
    who: 'trainer',
    what: `batches() must give batches one after the other, got ${describe(batches)}`,
    fix:
      batches instanceof Promise
        ? 'Make it an async generator: async *batches() { yield { inputs, targets }; }'
        : 'Make it a generator: *batches() { yield { inputs, targets }; }',
  });
}

/** How many batches a source promises for an epoch. */
export function batchesPerEpoch({ batchesPerEpoch, stepsPerEpoch }: BatchSource): number {
  return batchesPerEpoch ?? stepsPerEpoch ?? NaN;
}
