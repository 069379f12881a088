import type { HostBatch } from '@cantrip/ops';
import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { AssembleBatch, BatchPlace } from './assemble-batch.ts';
import type { Dataset } from './dataset.ts';
import { batchCount, batchesAfter, exampleCount, type Source } from './source.ts';

/** Reads batches from a place up to an index, which is not included. */
export type ReadBatches = (first: BatchPlace, end: number) => AsyncGenerator<HostBatch, void, undefined>;

const position = v.custom<number>(
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  'must be an integer in [0, 2^53)',
);
const seed = v.custom<number>(Number.isSafeInteger, 'must be a safe integer');
const request = v.strictObject({
  seed: v.optional(seed, 0),
  epoch: v.optional(position, 0),
  start: v.optional(position, 0),
  examples: v.optional(position),
});

/** Makes `batches` of a dataset whose batches are cut one after the other: checks the request, then reads. */
export function batchesOf(source: Source, read: ReadBatches): Dataset['batches'] {
  return (given = {}) => {
    const { seed, epoch, start, examples } = parseOptions('batches', request, given);
    const size = exampleCount(source);
    const done = examples ?? Math.min(start * source.batchSize, size);
    if (done > size || (start > batchCount(source) && examples === undefined))
      throw beyondEnd(source, { start, examples });
    return read({ seed, epoch, index: 0, ...(done > 0 && { skipped: done }) }, batchesAfter(source, done));
  };
}

/** Makes `batchesAfter` of a dataset whose batches are cut one after the other. */
export function batchesAfterOf(source: Source): Dataset['batchesAfter'] {
  return (given) => {
    const { examples } = parseOptions('batchesAfter', v.object({ examples: position }), { examples: given });
    if (examples <= exampleCount(source)) return batchesAfter(source, examples);
    throw otherEpoch(`examples is ${examples}`, `${exampleCount(source)} examples`, 'batchesAfter');
  };
}

/** Makes `batches` of a dataset with fixed batches, which can only skip whole batches. */
export function wholeBatchesOf(batchesPerEpoch: number, read: ReadBatches): Dataset['batches'] {
  return (given = {}) => {
    const { seed, epoch, start, examples = 0 } = parseOptions('batches', request, given);
    // If both are set, either may be used.
    if (examples > 0 && given.start === undefined) {
      throw new CantripError('OPTION_INVALID', {
        who: 'batches',
        what: `examples must not be set, because a bucketed dataset can skip only whole batches, got ${examples}`,
        fix: 'Set start to the number of batches to skip',
      });
    }
    if (start > batchesPerEpoch) throw otherEpoch(`start is ${start}`, `${batchesPerEpoch} batches`);
    return read({ seed, epoch, index: start }, batchesPerEpoch);
  };
}

function beyondEnd(
  source: Source,
  { start, examples }: { start: number; examples: number | undefined },
): CantripError {
  return examples === undefined
    ? otherEpoch(`start is ${start}`, `${batchCount(source)} batches`)
    : otherEpoch(`examples is ${examples}`, `${exampleCount(source)} examples`);
}

function otherEpoch(asked: string, has: string, who = 'batches'): CantripError {
  return new CantripError('STATE_MISMATCH', {
    who,
    what: `${asked}, but an epoch has ${has}`,
    fix: 'Resume with the data and the batch size that this position was saved with',
  });
}

/** Reads batches that the main thread makes on demand. It reuses the arrays of batches that were released. */
export function readHere(assemble: AssembleBatch): ReadBatches {
  const spares: HostBatch[] = [];
  return async function* (place, end) {
    for (let { index } = place; index < end; index++) {
      const batch = await assemble({ ...place, index }, spares.pop());
      yield withRelease(batch, () => spares.push(batch));
    }
  };
}

/**
 * `release` is not enumerable: copies of the batch do not have it, because they may keep the arrays, and it is not
 * sent to a worker.
 */
function withRelease(batch: HostBatch, giveBack: () => void): HostBatch {
  let given = false;
  const release = (): void => {
    if (!given) giveBack();
    given = true;
  };
  return Object.defineProperty({ ...batch }, 'release', { value: release });
}
