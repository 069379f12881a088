import { CantripError } from '@cantrip/errors';
import { batchesPerEpoch, type BatchSource } from './batch-source.ts';

/** How data that gives fewer batches than it promises is met: an error, or a message and the next epoch. */
export type ShortEpoch = 'throw' | 'warn';

/** What reading by promise needs to know of an option and of where to say what. */
export interface PromiseOptions {
  readonly who: string;
  /** How a sentence calls the data: `the training data`. */
  readonly what: string;
  /** Batches that were read before, in this epoch. */
  readonly before?: number;
  readonly shortEpoch?: ShortEpoch;
  readonly log?: (message: string) => void;
}

/**
 * As many batches as were promised, and no more: a source that goes on is told to end.
 *
 * @param promised - how many are to come in all, those before included
 * @throws CantripError DATA_SHORT where fewer come, DATA_EMPTY where none comes at all
 */
export async function* asPromised<T>(
  batches: AsyncIterable<T> | Iterable<T>,
  promised: number,
  options: PromiseOptions,
): AsyncGenerator<T> {
  let count = options.before ?? 0;
  if (count >= promised) return;
  for await (const batch of batches) {
    count += 1;
    yield batch;
    // Leaving the loop tells the source, so that an endless one is not asked again.
    if (count === promised) return;
  }
  if (count > 0 && options.shortEpoch === 'warn')
    options.log?.(`[${options.who}] ${inWords(count, promised, options)}.`);
  else throw short(count, promised, options);
}

function inWords(count: number, promised: number, { what }: PromiseOptions): string {
  return `${what} gave ${count} of the ${promised} batches that it promises for an epoch`;
}

function short(count: number, promised: number, options: PromiseOptions): CantripError {
  const { who } = options;
  if (count === 0) {
    return new CantripError('DATA_EMPTY', {
      who,
      what: `${options.what} gave no batch, where it promises ${promised}`,
      fix: 'Give at least one example, and make a new iterator at each call of batches()',
    });
  }
  return new CantripError('DATA_SHORT', {
    who,
    what: inWords(count, promised, options),
    fix: "Correct batchesPerEpoch, make a new iterator at each call of batches(), or fit with shortEpoch: 'warn'",
  });
}

/** What is known of the data of an epoch: plain data, which a snapshot from the middle of one keeps. */
export interface DataPromise {
  /** Of the epoch under way: where batches changed their size in the middle of it, those before and those after. */
  readonly batchesPerEpoch: number;
  /** Examples that its first batch held; absent before that is trained on. */
  readonly firstBatch?: number;
  readonly examplesPerEpoch?: number;
  readonly signature?: string;
}

export function promiseOf(source: BatchSource): DataPromise {
  const { examplesPerEpoch, signature } = source;
  return {
    batchesPerEpoch: batchesPerEpoch(source),
    ...(examplesPerEpoch !== undefined && { examplesPerEpoch }),
    ...(signature !== undefined && { signature }),
  };
}
