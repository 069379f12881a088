import { batchesPerEpoch } from '@cantrip/plugin-kit';
import { CantripError } from '@cantrip/errors';
import type { DataPromise, Sizes } from '../contract/snapshot.ts';
import type { BatchSource } from './batch-source.ts';

/**
 * What happens when data gives fewer batches than it promises: `throw` an error, or `warn` in the log and start the
 * next epoch.
 */
export type ShortEpoch = 'throw' | 'warn';

/** The options of {@link asPromised}: what messages say, and what happens when batches are missing. */
export interface PromiseOptions {
  readonly who: string;
  /** How messages call the data: `the training data`. */
  readonly what: string;
  /** The number of batches of this epoch that were read before. */
  readonly before?: number;
  readonly shortEpoch?: ShortEpoch;
  readonly log?: (message: string) => void;
}

/**
 * Yields exactly as many batches as were promised. The source is then told to stop.
 *
 * @param promised - the total number of batches, including those read before
 * @throws CantripError DATA_SHORT if fewer batches come, DATA_EMPTY if none comes
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
    // Returning here closes the iterator, so an endless source is not asked for another batch.
    if (count === promised) return;
  }
  if (count > 0 && options.shortEpoch === 'warn')
    options.log?.(`[${options.who}] ${inWords(count, promised, options)}.`);
  else throw short(count, promised, options);
}

function inWords(count: number, promised: number, { what }: PromiseOptions): string {
  return `${what} must give ${promised} batches in an epoch, but gave ${count}`;
}

function short(count: number, promised: number, options: PromiseOptions): CantripError {
  const { who } = options;
  if (count === 0) {
    return new CantripError('DATA_EMPTY', {
      who,
      what: `${options.what} must give ${promised} batches in an epoch, but gave none`,
      fix: 'Provide at least one example, and return a new iterator at each call of batches()',
    });
  }
  return new CantripError('DATA_SHORT', {
    who,
    what: inWords(count, promised, options),
    fix: "Correct batchesPerEpoch, return a new iterator at each call of batches(), or call fit with shortEpoch: 'warn'",
  });
}

/** With some more batches after those. */
export function withSizes(sizes: Sizes | undefined, more: readonly number[]): Sizes {
  return more.reduce<Sizes>((all, size) => {
    const last = all.at(-1);
    if (last?.[0] !== size) return [...all, [size, 1]];
    return [...all.slice(0, -1), [size, last[1] + 1]];
  }, sizes ?? []);
}

export function promiseOf(source: BatchSource): DataPromise {
  const { examplesPerEpoch, signature } = source;
  return {
    batchesPerEpoch: batchesPerEpoch(source),
    ...(examplesPerEpoch !== undefined && { examplesPerEpoch }),
    ...(signature !== undefined && { signature }),
  };
}
