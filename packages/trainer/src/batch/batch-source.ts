import { CantripError, describe } from '@cantrip/errors';
import type { HostBatch } from '@cantrip/ops';
import type { Batch } from '../contract/batch.ts';

/** Which batches to make. The same numbers give the same batches in every process. */
export interface BatchRequest {
  readonly seed: number;
  /** Counted from 0. */
  readonly epoch: number;
  /** The number of batches of this epoch to skip, because they were already trained on. */
  readonly start: number;
  /**
   * The number of examples in the skipped batches. A source with `batchesAfter` continues with the next example,
   * whatever the batch size was before.
   */
  readonly examples?: number;
}

/** The data that `fit` and `evaluate` read: a dataset of `@cantrip/data`, or any object of this form. */
export interface BatchSource {
  /** The number of batches in an epoch; `fit` reads exactly this many. */
  readonly batchesPerEpoch?: number | undefined;
  /** The older name of `batchesPerEpoch`, used if that is missing. */
  readonly stepsPerEpoch?: number | undefined;
  /** The number of examples in a full batch. A run that is resumed from a file compares it. */
  readonly batchSize?: number | undefined;
  /** The number of examples in an epoch. */
  readonly examplesPerEpoch?: number | undefined;
  /**
   * The number of batches left in an epoch after this many examples. A source with this function must also use
   * `examples` of a request.
   */
  readonly batchesAfter?: ((examples: number) => number) | undefined;
  /**
   * A text that says what decides the examples and their order. A run that is resumed in the middle of an epoch compares
   * it. Without it, only the sizes of the batches are compared: other examples in batches of equal sizes are not noticed.
   */
  readonly signature?: string | undefined;
  batches(request: BatchRequest): Iterable<HostBatch | Batch> | AsyncIterable<HostBatch | Batch>;
}

/**
 * Calls `batches()` of a source and checks that the result is an iterator.
 *
 * @throws CantripError OPTION_INVALID if `batches()` returns something else
 */
export function batchesFrom(source: BatchSource, request: BatchRequest): ReturnType<BatchSource['batches']> {
  const batches: unknown = source.batches(request);
  if (typeof batches === 'object' && batches !== null) {
    if (Symbol.asyncIterator in batches || Symbol.iterator in batches)
      return batches as ReturnType<BatchSource['batches']>;
  }
  throw new CantripError('OPTION_INVALID', {
    who: 'trainer',
    what: `batches() must return an iterator or a generator, got ${describe(batches)}`,
    fix:
      batches instanceof Promise
        ? 'Make it an async generator: async *batches() { yield { inputs, targets }; }'
        : 'Make it a generator: *batches() { yield { inputs, targets }; }',
  });
}
