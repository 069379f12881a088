import { CantripError } from '@cantrip/errors';
import type { Pointer } from './c-api.ts';
import { type NumberArray, numberLayouts } from './dtype.ts';
import type { NativeLibrary } from './native-library.ts';

/**
 * Creates a host tensor with these numbers. The caller must delete it. int64 values come as a BigInt64Array, or,
 * from tfjs-node, as an Int32Array of low and high halves.
 */
export function numbersToTensor(
  library: NativeLibrary,
  shape: readonly number[],
  type: number,
  values: NumberArray | ArrayLike<number>,
): Pointer {
  const layout = numberLayouts[type];
  if (layout === undefined) throw unknownType(type);
  const data = ArrayBuffer.isView(values) ? values : layout.from(values);
  const count = elementCount(shape);
  const bytes = count * layout.bytesPerElement;
  if (data.byteLength !== bytes) throw misfit(layout.name, shape, bytes, data.byteLength);
  const tensor = library.api.allocateTensor(type, dimensions(shape), shape.length, bytes);
  if (bytes > 0) library.copyIn(library.api.tensorData(tensor), data, bytes);
  return tensor;
}

/** Copies the numbers of a tensor. */
export function tensorToNumbers({ api, copyOut }: NativeLibrary, tensor: Pointer): NumberArray {
  const layout = numberLayouts[api.tensorType(tensor)];
  if (layout === undefined) throw unknownType(api.tensorType(tensor));
  const buffer = new ArrayBuffer(api.tensorByteSize(tensor));
  if (buffer.byteLength > 0) copyOut(buffer, api.tensorData(tensor), buffer.byteLength);
  return layout.create(buffer);
}

/** A shape in the form of the C API. */
export function dimensions(shape: readonly number[]): BigInt64Array {
  return BigInt64Array.from(shape, BigInt);
}

export function elementCount(shape: readonly number[]): number {
  let count = 1;
  for (const dimension of shape) count *= dimension;
  return count;
}

function unknownType(type: number): CantripError {
  const names = Object.values(numberLayouts).map(({ name }) => name);
  return new CantripError('DTYPE_MISMATCH', {
    who: 'tensorflow',
    what: `dtype number ${type} has no array type in JavaScript`,
    fix: `Use one of ${names.join(', ')}, string`,
  });
}

function misfit(name: string, shape: readonly number[], wanted: number, got: number): CantripError {
  return new CantripError('SHAPE_MISMATCH', {
    who: 'tensorflow',
    what: `a ${name} tensor of shape [${shape.join(', ')}] takes ${wanted} bytes, got ${got}`,
    fix: 'Pass as many values of that type as the shape has elements',
  });
}
