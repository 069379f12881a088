import type { HostTensor, Normalization } from '@cantrip/ops';
import { CantripError, describe } from '@cantrip/errors';
import { parseNormalization } from './normalization-schema.ts';
import type { SourceArray } from './source.ts';

const arrayDataset = 'arrayDataset';

/** Checks the arrays of one side of a dataset, each separately. */
export function checkArrays(side: string, given: unknown, who: string = arrayDataset): SourceArray[] {
  if (isRecord(given) && !('values' in given)) {
    const entries = Object.entries(given);
    if (entries.length > 0)
      return entries.map(([name, array]) => checkArray(`${side}.${name}`, array, name, who));
  }
  return [checkArray(side, given, undefined, who)];
}

function checkArray(path: string, given: unknown, name: string | undefined, who: string): SourceArray {
  if (!isRecord(given) || !('values' in given) || !Array.isArray(given['shape'])) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `${path} must be an object with values and shape, or several by name, got ${describe(given)}`,
      fix: 'Write { values: typedArray, shape: [examples, …] }',
    });
  }
  refuseUnread(path, given, ['values', 'shape', 'normalization'], who);
  const { values, shape, normalization } = given as unknown as HostTensor;
  checkValues(path, values, who);
  checkShape(path, values, shape, who);
  const exampleShape = shape.slice(1);
  const array = {
    name,
    values,
    shape: exampleShape,
    length: exampleShape.reduce((product, size) => product * size, 1),
    augment: [],
  };
  return normalization === undefined
    ? array
    : normalize(path, array, parseNormalization(who, path, normalization), who);
}

/** An unknown field may be a misspelt name. */
export function refuseUnread(path: string, given: object, known: readonly string[], who: string): void {
  const unread = Object.keys(given).find((key) => !known.includes(key));
  if (unread === undefined) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${path} has the unknown field ${unread}`,
    fix: `Remove it; the fields are ${known.join(', ')}`,
  });
}

/** Only these typed arrays hold types that the device accepts. */
export function checkValues(
  path: string,
  values: unknown,
  who: string = arrayDataset,
): asserts values is HostTensor['values'] {
  if (values instanceof Uint8Array || values instanceof Int32Array || values instanceof Float32Array) return;
  throw new CantripError('DTYPE_MISMATCH', {
    who,
    what: `${path}.values must be a Uint8Array, Int32Array or Float32Array, got ${describe(values)}`,
    fix: 'Convert it, for example with Float32Array.from(values)',
  });
}

/** Checks that a shape holds integers and matches the values. */
export function checkShape(
  path: string,
  values: HostTensor['values'],
  shape: readonly unknown[],
  who: string = arrayDataset,
): void {
  const sizes = shape.filter((size): size is number => Number.isSafeInteger(size) && (size as number) >= 0);
  const count = sizes.reduce((product, size) => product * size, 1);
  if (sizes.length !== shape.length || shape.length === 0 || count !== values.length) {
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `${path}.shape must match the ${values.length} numbers of ${path}.values, got ${describe(shape)}`,
      fix: 'Set shape to [examples, …]: integers whose product is the number of values',
    });
  }
  if (count === 0) {
    throw new CantripError('DATA_EMPTY', {
      who,
      what: `${path} must hold at least one example, got shape ${describe(shape)}`,
      fix: 'Pass at least one example',
    });
  }
}

/** Adds a normalization to an array. Only bytes can have one. */
export function normalize<T extends Pick<SourceArray, 'values' | 'shape'>>(
  path: string,
  array: T,
  normalization: Normalization,
  who: string = arrayDataset,
): T & { readonly normalization: Normalization } {
  if (!(array.values instanceof Uint8Array)) {
    throw new CantripError('DTYPE_MISMATCH', {
      who,
      what: `normalization needs bytes, but ${path}.values is ${describe(array.values)}`,
      fix: 'Pass the bytes in a Uint8Array, or normalize these numbers yourself',
    });
  }
  for (const part of ['scale', 'offset'] as const) {
    const numbers = [normalization[part]].flat();
    const isFitting = !Array.isArray(normalization[part]) || numbers.length === array.shape.at(-1);
    if (isFitting && numbers.every(Number.isFinite)) continue;
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `normalization.${part} is ${describe(normalization[part])}, but each example of ${path} is ${describe(array.shape)}`,
      fix: 'Use one finite number, or one for each channel (the last axis)',
    });
  }
  return { ...array, normalization };
}

/** Returns the number of examples, which must be the same in all arrays. */
export function sharedCount(arrays: readonly (readonly [path: string, SourceArray])[]): number {
  const counts = arrays.map(([path, { values, length }]) => ({ path, count: values.length / length }));
  const first = counts[0]!;
  const other = counts.find(({ count }) => count !== first.count);
  if (other) {
    throw new CantripError('SHAPE_MISMATCH', {
      who: arrayDataset,
      what: `${first.path} has ${first.count} examples, but ${other.path} has ${other.count}`,
      fix: 'Make the first axis of every array the number of examples',
    });
  }
  return first.count;
}

/** Whether a value is an object with string keys, and not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
