import { CantripError } from '@cantrip/errors';
import { canBeSent, prefetcher } from '../prefetch/prefetcher.ts';
import { batchAssembler } from '../source/assemble-batch.ts';
import type { Dataset } from '../source/dataset.ts';
import { fingerprint } from '../source/fingerprint.ts';
import { requireRoom } from '../source/require-room.ts';
import { batchesAfterOf, batchesOf, readHere } from '../source/read-batches.ts';
import { batchCount, exampleCount, type Source } from '../source/source.ts';

interface Origin {
  readonly source: Source;
  readonly prefetch: number | undefined;
}

// Kept apart from the dataset, whose form is all that others rely on.
const origins = new WeakMap<object, Origin>();

interface FromSourceOptions {
  readonly who: string;
  readonly prefetch: number | undefined;
}

/** The dataset of a checked source. */
export function fromSource(source: Source, { who, prefetch }: FromSourceOptions): Dataset {
  const batchesPerEpoch = batchCount(source);
  if (batchesPerEpoch === 0) {
    throw new CantripError('DATA_EMPTY', {
      who,
      what: `${exampleCount(source)} examples make no batch of ${source.batchSize}, and dropLast leaves out a smaller one`,
      fix: 'Make batchSize smaller, or set dropLast to false',
    });
  }
  const { inputs, targets, weights, padLast, batchSize } = source;
  for (const { name, shape } of padLast ? [...inputs, ...targets, ...weights] : [])
    requireRoom(who, `padLast, which fills ${name ?? 'a batch'} up`, [batchSize, ...shape]);
  const ahead = canBeSent(source) ? (prefetch ?? defaultPrefetch(source)) : 0;
  const read = ahead > 0 ? prefetcher(source, ahead) : readHere(batchAssembler(source));
  let signature: string | undefined;
  const dataset: Dataset = {
    size: exampleCount(source),
    batchSize: source.batchSize,
    batchesPerEpoch,
    stepsPerEpoch: batchesPerEpoch,
    examplesPerEpoch: exampleCount(source),
    batchesAfter: batchesAfterOf(source),
    get signature() {
      return (signature ??= signatureOf(source));
    },
    batches: batchesOf(source, read),
  };
  origins.set(dataset, { source, prefetch });
  return dataset;
}

/** All that decides which examples an epoch has, and their order: of large arrays a sample of what they hold. */
function signatureOf({ inputs, targets, weights, selected, shuffle }: Source): string {
  const contents = fingerprint([
    ...[...inputs, ...targets, ...weights].flatMap(({ name, values, shape }) => [
      `${name ?? ''} ${values.constructor.name} ${shape.join('x')}`,
      values,
    ]),
    ...(selected ? ['selected', selected] : []),
  ]);
  return `${shuffle ? 'shuffled' : 'in order'}, contents ${contents}`;
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
