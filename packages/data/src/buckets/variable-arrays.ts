import type { HostTensor } from '@cantrip/ops';
import { CantripError, describe } from '@cantrip/errors';
import { checkArrays, checkShape, checkValues, isRecord, refuseUnread } from '../source/check-arrays.ts';
import type { VariableArray } from './bucketed-source.ts';

const who = 'bucketedDataset';

/**
 * Checks the arrays of one side, each separately: arrays of examples, and tensors whose examples have the same shape.
 */
export function checkVariableArrays(
  side: 'inputs' | 'targets' | 'weights',
  given: unknown,
  axes: readonly number[],
): VariableArray[] {
  if (!isRecord(given) || 'values' in given) return [checkEither(side, given, undefined, axes)];
  const entries = Object.entries(given);
  if (entries.length === 0) throw notExamples(side, given);
  return entries.map(([name, part]) => checkEither(`${side}.${name}`, part, name, axes));
}

function checkEither(
  path: string,
  given: unknown,
  name: string | undefined,
  axes: readonly number[],
): VariableArray {
  if (Array.isArray(given)) return fromList(path, given, name, axes);
  if (!isRecord(given) || !('values' in given)) throw notExamples(path, given);
  const [array] = checkArrays(path, given, who);
  const { values, shape, length, normalization } = array!;
  const starts = Float64Array.from({ length: values.length / length + 1 }, (_, example) => example * length);
  const plain = { name, values, starts, shape, sizes: undefined, padValue: 0 };
  return normalization ? { ...plain, normalization } : plain;
}

/** Copies all examples into one array, which a worker can share. */
function fromList(
  path: string,
  examples: readonly unknown[],
  name: string | undefined,
  axes: readonly number[],
): VariableArray {
  if (examples.length === 0) throw notExamples(path, examples);
  const tensors = examples.map((example, index) => checkExample(`${path}[${index}]`, example));
  const first = tensors[0]!;
  tensors.forEach((tensor, index) => requireAlike(`${path}[${index}]`, tensor, first, axes));
  const starts = new Float64Array(tensors.length + 1);
  const sizes = new Uint32Array(tensors.length * axes.length);
  tensors.forEach(({ values, shape }, index) => {
    starts[index + 1] = starts[index]! + values.length;
    axes.forEach((axis, at) => (sizes[index * axes.length + at] = shape[axis]!));
  });
  const Kind = first.values.constructor as new (length: number) => HostTensor['values'];
  const values = new Kind(starts.at(-1)!);
  tensors.forEach((tensor, index) => values.set(tensor.values, starts[index]!));
  return { name, values, starts, shape: first.shape, sizes, padValue: 0 };
}

function checkExample(path: string, given: unknown): HostTensor {
  if (!isRecord(given) || !Array.isArray(given['shape']) || 'normalization' in given) {
    throw notExamples(path, given);
  }
  refuseUnread(path, given, ['values', 'shape'], who);
  const { values, shape } = given as unknown as HostTensor;
  checkValues(path, values, who);
  checkShape(path, values, shape, who);
  return { values, shape };
}

function requireAlike(
  path: string,
  { values, shape }: HostTensor,
  first: HostTensor,
  axes: readonly number[],
): void {
  const isAlike =
    values.constructor === first.values.constructor &&
    shape.length === first.shape.length &&
    shape.length > axes.at(-1)! &&
    shape.every((size, axis) => axes.includes(axis) || size === first.shape[axis]);
  if (isAlike) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `${path} is ${values.constructor.name} [${shape.join(', ')}], but the first example is ${first.values.constructor.name} [${first.shape.join(', ')}]: they may only differ along axis ${axes.join(' and ')}, which both must have`,
    fix: 'Use the same type and the same other axes for all examples, or set axis',
  });
}

function notExamples(path: string, given: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${path} must be an array of examples { values, shape }, or one { values, shape } for all, got ${describe(given)}`,
    fix: 'Write [{ values: typedArray, shape: [length, …] }, …], and pass normalization as an option of the dataset',
  });
}
