import type { HostBatch } from '@cantrip/core-tensor-gpu';
import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import type { AssembleBatch, BatchPlace } from './assemble-batch.ts';
import type { Dataset } from './dataset.ts';

/** Reads from one place to an index that is not read any more. */
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
});

/** The `batches` of a dataset: checks what is asked for, and reads it. */
export function batchesOf(stepsPerEpoch: number, read: ReadBatches): Dataset['batches'] {
  return (given = {}) => {
    const { seed, epoch, start } = parseOptions('batches', request, given);
    if (start > stepsPerEpoch) {
      throw new CantripError('STATE_MISMATCH', {
        who: 'batches',
        what: `start is ${start}, but an epoch has ${stepsPerEpoch} batches`,
        fix: 'Resume with the data and the batch size that were saved with this position',
      });
    }
    return read({ seed, epoch, index: start }, stepsPerEpoch);
  };
}

/** Reads batches that the main thread makes when they are asked for, in the place of those that were given back. */
export function readHere(assemble: AssembleBatch): ReadBatches {
  const spares: HostBatch[] = [];
  return async function* ({ seed, epoch, index: first }, end) {
    for (let index = first; index < end; index++) {
      const batch = assemble({ seed, epoch, index }, spares.pop());
      yield withRelease(batch, () => spares.push(batch));
    }
  };
}

/** Neither a copy of the batch has it, whose maker may keep what is in it, nor what is sent to a worker. */
function withRelease(batch: HostBatch, giveBack: () => void): HostBatch {
  let given = false;
  const release = (): void => {
    if (!given) giveBack();
    given = true;
  };
  return Object.defineProperty({ ...batch }, 'release', { value: release });
}
