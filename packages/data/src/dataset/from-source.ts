import { CantripError } from '@cantrip/errors';
import { canBeSent, prefetcher } from '../prefetch/prefetcher.ts';
import { type AssembleBatch, batchAssembler } from '../source/assemble-batch.ts';
import type { Dataset } from '../source/dataset.ts';
import { fingerprint } from '@cantrip/ops';
import { requireRoom } from '../source/require-room.ts';
import { batchesAfterOf, batchesOf, readHere } from '../source/read-batches.ts';
import { batchCount, exampleCount, type Source } from '../source/source.ts';

interface Origin {
  readonly source: Source;
  readonly prefetch: number | undefined;
  /** Makes the batches, if the arrays are not in memory. */
  readonly assemblerOf?: ((source: Source) => AssembleBatch) | undefined;
}

// Stored apart from the dataset, because other code relies only on the dataset's documented form.
const origins = new WeakMap<object, Origin>();

interface FromSourceOptions extends Omit<Origin, 'source'> {
  readonly who: string;
}

/** Makes a dataset of a checked source. */
export function fromSource(
  source: Source,
  { who, prefetch, assemblerOf = batchAssembler }: FromSourceOptions,
): Dataset {
  const batchesPerEpoch = batchCount(source);
  if (batchesPerEpoch === 0) {
    throw new CantripError('DATA_EMPTY', {
      who,
      what: `${exampleCount(source)} examples make no full batch of ${source.batchSize}, and dropLast leaves out smaller batches`,
      fix: 'Use a smaller batchSize, or set dropLast to false',
    });
  }
  const { inputs, targets, weights, padLast, batchSize } = source;
  for (const { name, shape } of padLast ? [...inputs, ...targets, ...weights] : [])
    requireRoom(who, `padding ${name ?? 'a batch'}`, [batchSize, ...shape]);
  const ahead = canBeSent(source) ? (prefetch ?? defaultPrefetch(source)) : 0;
  const read = ahead > 0 ? prefetcher(source, ahead) : readHere(assemblerOf(source));
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
  origins.set(dataset, { source, prefetch, assemblerOf });
  return dataset;
}

/** Everything that decides the examples of an epoch and their order. Of large arrays, only a sample is read. */
function signatureOf({ inputs, targets, weights, selected, shuffle, sampling }: Source): string {
  const contents = fingerprint([
    ...[...inputs, ...targets, ...weights].flatMap(({ name, values, shape, files }) => [
      ...(files ? [files.signature] : []),
      `${name ?? ''} ${values.constructor.name} ${shape.join('x')}`,
      values,
    ]),
    ...(selected ? ['selected', selected] : []),
    ...(sampling ? ['weights', sampling.sums] : []),
  ]);
  return `${sampling ? 'drawn by weight' : shuffle ? 'shuffled' : 'in order'}, contents ${contents}`;
}

/** What a dataset was created from. */
export function originOf(who: string, dataset: Dataset): Origin {
  const origin = typeof dataset === 'object' && dataset !== null ? origins.get(dataset) : undefined;
  if (origin) return origin;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: 'the first argument must be a dataset of arrayDataset, but it is not',
    fix: 'Create one with arrayDataset, and pass it unchanged',
  });
}

/**
 * A worker is worth it only if there is more to do than copying: sending a plain batch takes longer than copying it.
 */
function defaultPrefetch({ inputs }: Source): number {
  if (inputs.some(({ files }) => files)) return 4;
  return inputs.some(({ augment }) => augment.length > 0) ? 2 : 0;
}
