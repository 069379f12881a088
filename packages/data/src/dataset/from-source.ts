import type { HostBatch } from '@cantrip/core-tensor-gpu';
import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { canBeSent, prefetcher } from '../prefetch/prefetcher.ts';
import { batchAssembler, type BatchPlace } from './assemble-batch.ts';
import type { Dataset } from './dataset.ts';
import { batchCount, exampleCount, type Source } from './source.ts';

interface Origin {
  readonly source: Source;
  readonly prefetch: number | undefined;
}

// Kept apart from the dataset, whose form is all that others rely on.
const origins = new WeakMap<object, Origin>();

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

interface FromSourceOptions {
  readonly who: string;
  readonly prefetch: number | undefined;
}

/** The dataset of a checked source. */
export function fromSource(source: Source, { who, prefetch }: FromSourceOptions): Dataset {
  const stepsPerEpoch = batchCount(source);
  if (stepsPerEpoch === 0) {
    throw new CantripError('DATA_EMPTY', {
      who,
      what: `${exampleCount(source)} examples make no batch of ${source.batchSize}, and dropLast leaves out a smaller one`,
      fix: 'Make batchSize smaller, or set dropLast to false',
    });
  }
  const ahead = canBeSent(source) ? (prefetch ?? defaultPrefetch(source)) : 0;
  const read = ahead > 0 ? prefetcher(source, ahead) : readHere(source);
  const dataset: Dataset = {
    size: exampleCount(source),
    batchSize: source.batchSize,
    stepsPerEpoch,
    batches(given = {}) {
      const { seed, epoch, start } = parseOptions('batches', request, given);
      if (start > stepsPerEpoch) {
        throw new CantripError('STATE_MISMATCH', {
          who: 'batches',
          what: `start is ${start}, but an epoch has ${stepsPerEpoch} batches`,
          fix: 'Resume with the data and the batch size that were saved with this position',
        });
      }
      return read({ seed, epoch, index: start }, stepsPerEpoch);
    },
  };
  origins.set(dataset, { source, prefetch });
  return dataset;
}

/** What a dataset was made from. */
export function originOf(who: string, dataset: Dataset): Origin {
  const origin = typeof dataset === 'object' && dataset !== null ? origins.get(dataset) : undefined;
  if (origin) return origin;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: 'the first argument is not a dataset of arrayDataset',
    fix: 'Make one by arrayDataset, and pass it as it is',
  });
}

/** A worker pays where there is work besides copying: a plain batch is copied faster than it is sent. */
function defaultPrefetch({ inputs }: Source): number {
  return inputs.some(({ augment }) => augment.length > 0) ? 2 : 0;
}

function readHere(
  source: Source,
): (first: BatchPlace, end: number) => AsyncGenerator<HostBatch, void, undefined> {
  const assemble = batchAssembler(source);
  return async function* ({ seed, epoch, index: first }, end) {
    for (let index = first; index < end; index++) yield assemble({ seed, epoch, index });
  };
}
