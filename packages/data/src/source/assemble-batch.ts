import {
  type HostBatch,
  type HostTensor,
  type HostTensors,
  randomStream,
  shuffleInPlace,
} from '@cantrip/ops';
import { augmentImage } from '../augment/augment-image.ts';
import type { Image } from '../augment/augmentation.ts';
import { drawExamples, repeatsIn } from './draw-examples.ts';
import { selection, type Source, type SourceArray } from './source.ts';

/** Which batch to make. The same three numbers give the same batch. */
export interface BatchPlace {
  readonly seed: number;
  readonly epoch: number;
  readonly index: number;
  /** The number of examples before batch 0, if the epoch is resumed with batches of another size; 0 by default. */
  readonly skipped?: number;
}

/**
 * Makes the batch at a place.
 *
 * @param spare - a batch that nothing reads any more; if it has the same size, its arrays are reused
 */
export type AssembleBatch = (place: BatchPlace, spare?: HostBatch) => HostBatch | Promise<HostBatch>;

/** Makes single batches of arrays in memory. */
export function batchAssembler(source: Source): (place: BatchPlace, spare?: HostBatch) => HostBatch {
  const rowsOf = batchRows(source);
  return (place, spare) => gatherBatch(source, rowsOf(place), spare);
}

/**
 * Finds out which examples are in a batch. It keeps the order of the latest epoch, because computing it costs more than a
 * batch.
 */
export function batchRows(source: Source): (place: BatchPlace) => Rows {
  let key: string | undefined;
  let order: EpochOrder = { examples: new Uint32Array(0) };
  return ({ seed, epoch, index, skipped = 0 }) => {
    const wanted = source.shuffle || source.sampling ? `${seed} ${epoch}` : 'unshuffled';
    if (key !== wanted) {
      order = epochOrder(source, seed, epoch);
      key = wanted;
    }
    const first = skipped + index * source.batchSize;
    const end = first + source.batchSize;
    const examples = order.examples.subarray(first, end);
    const repeats = order.repeats?.subarray(first, end);
    return { examples, repeats, count: source.padLast ? source.batchSize : examples.length, seed, epoch };
  };
}

/** Copies the examples of a batch together, and augments them. */
export function gatherBatch(source: Source, rows: Rows, spare?: HostBatch): HostBatch {
  return {
    inputs: gatherAll(source.inputs, rows, spare?.inputs),
    targets: gatherAll(source.targets, rows, spare?.targets),
    ...(source.weights.length > 0 ? { weights: gatherAll(source.weights, rows, spare?.weights) } : {}),
    size: rows.examples.length,
  };
}

/** The rows of a batch. */
export interface Rows {
  readonly examples: Uint32Array;
  /** How often each example was drawn earlier in the epoch; undefined if each comes once. */
  readonly repeats: Uint32Array | undefined;
  /** The number of rows; it is larger than the number of examples if the batch is padded. */
  readonly count: number;
  readonly seed: number;
  readonly epoch: number;
  /** The decoded images, if the inputs are files. */
  readonly pixels?: ReadonlyMap<number, Uint8Array>;
}

function gatherAll(arrays: readonly SourceArray[], rows: Rows, spare?: HostTensors): HostTensors {
  if (arrays[0]?.name === undefined) return gatherOne(arrays[0]!, rows, spare as HostTensor | undefined);
  const spares = spare as Readonly<Record<string, HostTensor>> | undefined;
  return Object.fromEntries(
    arrays.map((array) => [array.name!, gatherOne(array, rows, spares?.[array.name!])]),
  );
}

/** Padding rows repeat examples of the batch, because rows of zeros would change batch statistics. */
function gatherOne(array: SourceArray, rows: Rows, spare: HostTensor | undefined): HostTensor {
  const { examples, count } = rows;
  const { length, normalization, padValue } = array;
  const size = count * length;
  const values = spare?.values.length === size ? spare.values : emptyLike(array.values, size);
  const filled = padValue === undefined ? count : examples.length;
  for (let row = 0; row < filled; row++) {
    const example = examples[row % examples.length]!;
    const pixels = array.files
      ? rows.pixels!.get(example)!
      : array.values.subarray(example * length, (example + 1) * length);
    values.set(pixels, row * length);
  }
  if (padValue !== undefined) values.fill(padValue, filled * length);
  if (array.augment.length > 0) augmentRows(array, values, rows);
  const tensor = { values, shape: [count, ...array.shape] };
  return normalization ? { ...tensor, normalization } : tensor;
}

/** Each example has its own random numbers. They do not depend on order, batch size or start. */
function augmentRows(
  { shape, length, augment }: SourceArray,
  values: Image['values'],
  { examples, repeats, seed, epoch }: Rows,
): void {
  const [height = 1, width = 1, channels = 1] = shape;
  const scratch = emptyLike(values, length);
  for (let row = 0; row * length < values.length; row++) {
    const example = examples[row % examples.length]!;
    const image = { values: values.subarray(row * length, (row + 1) * length), height, width, channels };
    const again = repeats?.[row % examples.length] ?? 0;
    const stream = again > 0 ? `augment/${epoch}/${again}` : `augment/${epoch}`;
    augmentImage(image, augment, randomStream({ seed, stream, step: example }), scratch);
  }
}

/** Creates an array of zeros of the same type. */
export function emptyLike(values: HostTensor['values'], length: number): HostTensor['values'] {
  if (values instanceof Uint8Array) return new Uint8Array(length);
  return values instanceof Int32Array ? new Int32Array(length) : new Float32Array(length);
}

interface EpochOrder {
  readonly examples: Uint32Array;
  readonly repeats?: Uint32Array;
}

/** The examples of an epoch in training order. Seed and epoch alone decide a random order. */
function epochOrder(source: Source, seed: number, epoch: number): EpochOrder {
  const all = selection(source);
  if (source.sampling) {
    const examples = drawExamples(source.sampling, seed, epoch).map((place) => all[place]!);
    return { examples, repeats: repeatsIn(examples) };
  }
  if (source.shuffle) shuffleInPlace(all, { seed, stream: 'shuffle', step: epoch });
  return { examples: all };
}
