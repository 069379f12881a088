import { CantripError } from '@cantrip/errors';
import { normalize } from '../source/check-arrays.ts';
import type { Dataset } from '../source/dataset.ts';
import { fingerprint } from '@cantrip/ops';
import { withPadTarget, withPadValue } from '../source/pad-values.ts';
import { requireRoom } from '../source/require-room.ts';
import { readHere, wholeBatchesOf } from '../source/read-batches.ts';
import { requireWeights } from '../source/require-weights.ts';
import { prefetcher } from '../prefetch/prefetcher.ts';
import {
  type BucketedDatasetOptions,
  type CheckedBucketedOptions,
  parseBucketedOptions,
} from '../buckets/bucketed-options.ts';
import {
  type Bucket,
  bucketBatches,
  bucketCounts,
  type BucketedSource,
  type VariableArray,
} from '../buckets/bucketed-source.ts';
import { assignBuckets, chooseBuckets, type ExampleSizes } from '../buckets/choose-buckets.ts';
import { bucketAssembler } from '../buckets/pad-batch.ts';
import { checkVariableArrays } from '../buckets/variable-arrays.ts';

const who = 'bucketedDataset';

/** The figures of one bucket in an epoch. */
export interface BucketReport extends Bucket {
  readonly examples: number;
  readonly batches: number;
}

export interface BucketedDataset extends Pick<
  Dataset,
  'size' | 'batchesPerEpoch' | 'stepsPerEpoch' | 'signature' | 'batches'
> {
  readonly buckets: readonly BucketReport[];
  /** The share of padding in an epoch's examples, in [0, 1), over all padded arrays. */
  readonly padding: number;
  /** The number of batch shapes in an epoch. Each one costs a recording, and on a GPU also tuning. */
  readonly signatures: number;
}

/**
 * Creates a dataset of examples with different lengths or sizes. Its batches have only a few shapes: each example is
 * padded to the first bucket that it fits, and a batch holds examples of one bucket.
 *
 * Without `shuffle`, the batches are those of `tf.data.Dataset.bucket_by_sequence_length` with
 * `pad_to_bucket_boundary`. As with `arrayDataset`, the same request gives the same batches in every process.
 *
 * @throws CantripError OPTION_INVALID, DTYPE_MISMATCH, SHAPE_MISMATCH or DATA_EMPTY
 * @example
 * ```ts
 * const sentence = (...tokens: number[]) => ({ values: Int32Array.from(tokens), shape: [tokens.length] });
 * const dataset = bucketedDataset({
 *   inputs: [sentence(1), sentence(2, 3, 4), sentence(5, 6)],
 *   targets: { values: Int32Array.of(0, 1, 0), shape: [3] },
 *   buckets: [2, 4],
 *   batchSize: 2,
 * });
 * dataset.batchesPerEpoch; // 2: [[1, 0], [5, 6]] and [[2, 3, 4, 0]]
 * dataset.padding; // 0.25, i.e. 2 of 8
 * ```
 */
export function bucketedDataset(options: BucketedDatasetOptions): BucketedDataset {
  const source = sourceOf(parseBucketedOptions(options));
  const { prefetch = 0 } = options;
  const batches = bucketBatches(source);
  const batchesPerEpoch = batches.reduce((sum, count) => sum + count, 0);
  if (batchesPerEpoch === 0) throw noBatch(source);
  const read = prefetch > 0 ? prefetcher(source, prefetch) : readHere(bucketAssembler(source));
  const examples = bucketCounts(source);
  let signature: string | undefined;
  return {
    size: examples.reduce((sum, count) => sum + count, 0),
    batchesPerEpoch,
    stepsPerEpoch: batchesPerEpoch,
    get signature() {
      return (signature ??= signatureOf(source));
    },
    buckets: source.buckets.map((bucket, at) => ({
      ...bucket,
      examples: examples[at]!,
      batches: batches[at]!,
    })),
    padding: paddingOf(source),
    signatures: signaturesOf(source),
    batches: wholeBatchesOf(batchesPerEpoch, read),
  };
}

/** Everything that decides which examples are in which batch. */
function signatureOf({
  inputs,
  targets,
  weights,
  buckets,
  bucketOf,
  shuffle,
  dropLast,
}: BucketedSource): string {
  const parts = buckets.map(({ sizes, batchSize }) => `${sizes.join('x')} by ${batchSize}`);
  const order = shuffle ? 'shuffled' : 'in order';
  const contents = fingerprint([
    bucketOf,
    ...[...inputs, ...targets, ...weights].flatMap(({ name, values, shape }) => [
      `${name ?? ''} ${values.constructor.name} ${shape.join('x')}`,
      values,
    ]),
  ]);
  return `${bucketOf.length} examples ${order} in buckets of ${parts.join(', ')}, contents ${contents}${dropLast ? ', full batches only' : ''}`;
}

function sourceOf(options: CheckedBucketedOptions): BucketedSource {
  const { axes, normalization, shuffle, dropLast, padLast, mask } = options;
  const given = checkVariableArrays('inputs', options.inputs, axes);
  const inputs = withPadValue(who, given, options.padValue).map((input) =>
    normalization && input.values instanceof Uint8Array
      ? normalize(`inputs${input.name === undefined ? '' : `.${input.name}`}`, input, normalization, who)
      : input,
  );
  const targets = withPadTarget(who, checkVariableArrays('targets', options.targets, axes), options);
  const weights = options.weights === undefined ? [] : checkVariableArrays('weights', options.weights, axes);
  for (const array of weights) requireWeights(who, array);
  const sizes = greatestSizes([...inputs, ...targets, ...weights], axes);
  const buckets = chooseBuckets(options, sizes);
  const bucketOf = assignBuckets(buckets, sizes, options);
  requireRoomIn(buckets, bucketOf, [...inputs, ...targets, ...weights], options);
  return { inputs, targets, weights, axes, buckets, bucketOf, shuffle, dropLast, padLast, mask };
}

/** Checks only buckets that hold examples; the others make no batch. */
function requireRoomIn(
  buckets: readonly Bucket[],
  bucketOf: Uint16Array,
  arrays: readonly VariableArray[],
  { axes, padLast }: CheckedBucketedOptions,
): void {
  const counts = bucketCounts({ buckets, bucketOf });
  buckets.forEach(({ sizes, batchSize }, at) => {
    const rows = padLast ? batchSize : Math.min(batchSize, counts[at]!);
    if (counts[at] === 0) return;
    for (const { name, shape, sizes: own } of arrays) {
      const padded = shape.map((size, axis) =>
        own && axes.includes(axis) ? sizes[axes.indexOf(axis)]! : size,
      );
      requireRoom(who, `padding ${name ?? 'a batch'}`, [rows, ...padded]);
    }
  });
}

/** The bucket of an example must fit its largest array. */
function greatestSizes(arrays: readonly VariableArray[], axes: readonly number[]): ExampleSizes {
  const count = arrays[0]!.starts.length - 1;
  const other = arrays.find(({ starts }) => starts.length - 1 !== count);
  if (other) {
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `inputs, targets and weights must have the same number of examples, got ${count} and ${other.starts.length - 1}`,
      fix: 'Make the number of examples equal in every array',
    });
  }
  const padded = arrays.flatMap(({ sizes }) => (sizes ? [sizes] : []));
  if (padded.length > 0) {
    return Uint32Array.from({ length: count * axes.length }, (_, at) =>
      Math.max(...padded.map((own) => own[at]!)),
    );
  }
  throw new CantripError('OPTION_INVALID', {
    who,
    what: 'at least one input or target must be an array of examples; otherwise all examples have the same size',
    fix: 'Pass an array [{ values, shape }, …], or use arrayDataset',
  });
}

function paddingOf({ inputs, targets, axes, buckets, bucketOf }: BucketedSource): number {
  let [numbers, places] = [0, 0];
  for (const { sizes, shape } of [...inputs, ...targets]) {
    if (!sizes) continue;
    const rest = shape.reduce((product, size, axis) => (axes.includes(axis) ? product : product * size), 1);
    bucketOf.forEach((index, example) => {
      const bucket = buckets[index];
      if (!bucket) return;
      numbers += axes.reduce(
        (all, _, at) => all * Math.min(sizes[example * axes.length + at]!, bucket.sizes[at]!),
        rest,
      );
      places += bucket.sizes.reduce((all, size) => all * size, rest);
    });
  }
  return places === 0 ? 0 : 1 - numbers / places;
}

function signaturesOf(source: BucketedSource): number {
  const { buckets, padLast, dropLast } = source;
  return bucketCounts(source).reduce((sum, examples, at) => {
    const { batchSize } = buckets[at]!;
    if (padLast) return sum + (examples > 0 ? 1 : 0);
    const hasFull = examples >= batchSize;
    const hasRest = !dropLast && examples % batchSize > 0;
    return sum + (hasFull ? 1 : 0) + (hasRest ? 1 : 0);
  }, 0);
}

function noBatch({ buckets, bucketOf }: BucketedSource): CantripError {
  return new CantripError('DATA_EMPTY', {
    who,
    what: `${bucketOf.length} examples in ${buckets.length} buckets make no batch, because dropLast or longer leaves all of them out`,
    fix: 'Use fewer buckets, a smaller batchSize, or padLast',
  });
}
