import type { HostBatch, HostTensor } from '@cantrip/ops';
import { type BatchPlace, emptyLike } from '../source/assemble-batch.ts';
import type { BucketedSource, VariableArray } from './bucketed-source.ts';
import { epochBatches, type PlannedBatch } from './epoch-batches.ts';

/** Makes single padded batches. It keeps the plan of the latest epoch, because planning costs more than a batch. */
export function bucketAssembler(source: BucketedSource): (place: BatchPlace) => HostBatch {
  let key: string | undefined;
  let plan: readonly PlannedBatch[] = [];
  return ({ seed, epoch, index }) => {
    const wanted = source.shuffle ? `${seed} ${epoch}` : 'unshuffled';
    if (key !== wanted) {
      plan = epochBatches(source, seed, epoch);
      key = wanted;
    }
    return padBatch(source, plan[index]!);
  };
}

interface Layout {
  /** The number of rows with real examples; the padding rows after them repeat them. */
  readonly examples: Uint32Array;
  readonly rows: number;
  readonly axes: readonly number[];
  readonly sizes: readonly number[];
}

function padBatch(source: BucketedSource, { bucket, examples }: PlannedBatch): HostBatch {
  const { sizes, batchSize } = source.buckets[bucket]!;
  const rows = source.padLast ? batchSize : examples.length;
  const layout = { examples, rows, axes: source.axes, sizes };
  const inputs = source.inputs.map((array) => [array.name, padInput(array, layout)] as const);
  const targets = source.targets.map((array) => [array.name, padTarget(array, layout)] as const);
  const masks = source.mask ? masksOf(source.inputs, layout) : [];
  const weights = source.weights.map((array) => [array.name, padTarget(array, layout)] as const);
  return {
    inputs: together([...inputs, ...masks]),
    targets: together(targets),
    ...(weights.length > 0 && { weights: together(weights) }),
    size: examples.length,
  };
}

function together(parts: readonly (readonly [string | undefined, HostTensor])[]): HostBatch['inputs'] {
  if (parts.length === 1 && parts[0]![0] === undefined) return parts[0]![1];
  return Object.fromEntries(parts.map(([name, tensor]) => [name ?? 'inputs', tensor]));
}

/** Padding rows repeat real examples, because rows of zeros would change batch statistics. */
function padInput(array: VariableArray, layout: Layout): HostTensor {
  return padded(array, layout, layout.rows);
}

/** Padding rows have no target, so all their numbers are the pad value. */
function padTarget(array: VariableArray, layout: Layout): HostTensor {
  return padded(array, layout, layout.examples.length);
}

function padded(array: VariableArray, { examples, rows, axes, sizes }: Layout, filled: number): HostTensor {
  const shape = [...array.shape];
  if (array.sizes) axes.forEach((axis, at) => (shape[axis] = sizes[at]!));
  const length = product(shape);
  const values = emptyLike(array.values, rows * length);
  if (array.padValue !== 0) values.fill(array.padValue);
  for (let row = 0; row < filled; row++) {
    const example = examples[row % examples.length]!;
    const numbers = array.values.subarray(array.starts[example], array.starts[example + 1]);
    const into = values.subarray(row * length, (row + 1) * length);
    if (array.sizes) place(numbers, shapeOf(array, example, axes), into, shape, axes.at(-1)!);
    else into.set(numbers);
  }
  const tensor = { values, shape: [rows, ...shape] };
  return array.normalization ? { ...tensor, normalization: array.normalization } : tensor;
}

function shapeOf({ shape, sizes }: VariableArray, example: number, axes: readonly number[]): number[] {
  const own = [...shape];
  axes.forEach((axis, at) => (own[axis] = sizes![example * axes.length + at]!));
  return own;
}

/**
 * Copies an example into the corner of a larger shape, in the longest possible runs. Parts beyond the shape are cut.
 */
function place(
  from: HostTensor['values'],
  fromShape: readonly number[],
  into: HostTensor['values'],
  intoShape: readonly number[],
  lastAxis: number,
): void {
  const copy = (axis: number, source: number, target: number): void => {
    const count = Math.min(fromShape[axis]!, intoShape[axis]!);
    const [step, stride] = [product(fromShape.slice(axis + 1)), product(intoShape.slice(axis + 1))];
    if (axis === lastAxis) return into.set(from.subarray(source, source + count * step), target);
    for (let at = 0; at < count; at++) copy(axis + 1, source + at * step, target + at * stride);
  };
  copy(0, 0, 0);
}

/** Masks of inputs: 1 where the example is, 0 in padded places and padding rows; float32 [batch, …sizes]. */
function masksOf(inputs: readonly VariableArray[], layout: Layout): [string, HostTensor][] {
  const variable = inputs.filter(({ sizes }) => sizes);
  return variable.map((input) => [
    variable.length === 1 ? 'mask' : `${input.name!}_mask`,
    maskOf(input.sizes!, layout),
  ]);
}

function maskOf(own: Uint32Array, { examples, rows, axes, sizes }: Layout): HostTensor {
  const length = product(sizes);
  const values = new Float32Array(rows * length);
  examples.forEach((example, row) => {
    const exampleSizes = [...own.subarray(example * axes.length, (example + 1) * axes.length)];
    const ones = new Float32Array(product(exampleSizes)).fill(1);
    place(ones, exampleSizes, values.subarray(row * length, (row + 1) * length), sizes, axes.length - 1);
  });
  return { values, shape: [rows, ...sizes] };
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}
