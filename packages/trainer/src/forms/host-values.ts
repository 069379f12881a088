import type { HostTensor } from '@cantrip/ops';
import { CantripError, describe } from '@cantrip/errors';
import { isHostTensor } from '@cantrip/plugin-kit';
import * as tf from '@tensorflow/tfjs-core';
import { checkOne } from '../batch/check-batch-form.ts';

/** Nested arrays of numbers: `[[0, 1], [1, 0]]` has shape [2, 2]. The innermost arrays may be typed arrays. */
export type NestedNumbers = readonly number[] | readonly TypedNumbers[] | readonly NestedNumbers[];
type TypedNumbers = Float32Array | Float64Array | Int32Array | Uint8Array;

/** The values of one tensor: a tensor, a host tensor or nested arrays. */
export type TensorValues = tf.Tensor | HostTensor | NestedNumbers;

/** The part of an example that values belong to. Only integers in `targets` are read as class indices. */
export type Side = 'inputs' | 'targets' | 'weights';

/** The number of examples: the size of the first axis. */
export function exampleCount(who: string, path: string, values: TensorValues): number {
  if (!(values instanceof tf.Tensor) && isHostTensor(values)) checkOne(who, path, values);
  if (values instanceof tf.Tensor) checkTensor(who, path, values);
  if (values instanceof tf.Tensor || isHostTensor(values)) return values.shape[0] ?? 0;
  if (Array.isArray(values)) return values.length;
  throw notValues(who, path, values);
}

/**
 * Converts values to a host tensor. A tensor is downloaded; the caller still owns it.
 *
 * Nested arrays become float32. An array of integers as targets holds class indices and becomes int32.
 *
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH or DTYPE_MISMATCH
 */
export async function hostTensorOf(
  who: string,
  path: string,
  values: TensorValues,
  side: Side,
): Promise<HostTensor> {
  if (values instanceof tf.Tensor) return readTensor(who, path, values);
  if (isHostTensor(values)) {
    checkOne(who, path, values);
    return values;
  }
  if (!Array.isArray(values)) throw notValues(who, path, values);
  const host = flatten(who, path, values as NestedNumbers);
  const areClasses = side === 'targets' && host.shape.length === 1 && host.values.every(Number.isSafeInteger);
  return areClasses ? { ...host, values: Int32Array.from(host.values) } : host;
}

async function readTensor(who: string, path: string, tensor: tf.Tensor): Promise<HostTensor> {
  checkTensor(who, path, tensor);
  const values = await tensor.data();
  return {
    values: tensor.dtype === 'bool' ? Float32Array.from(values) : (values as Float32Array | Int32Array),
    shape: tensor.shape,
  };
}

function checkTensor(who: string, path: string, tensor: tf.Tensor): void {
  if (tensor.isDisposed) throw disposed(who, path);
  if (['float32', 'int32', 'bool'].includes(tensor.dtype)) return;
  throw new CantripError('DTYPE_MISMATCH', {
    who,
    what: `${path} must be float32, int32 or bool, got a tensor of ${tensor.dtype}`,
    fix: 'Convert it to numbers first',
  });
}

function flatten(who: string, path: string, nested: NestedNumbers): HostTensor & { values: Float32Array } {
  const shape: number[] = [];
  for (let at: unknown = nested; isList(at); at = at[0]) shape.push(at.length);
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  let filled = 0;
  const fill = (part: unknown, depth: number, where: string): void => {
    const size = shape[depth];
    if (size === undefined ? typeof part !== 'number' : !isList(part) || part.length !== size) {
      const wanted = size === undefined ? 'a number' : `an array of ${size} entries`;
      throw new CantripError('SHAPE_MISMATCH', {
        who,
        what: `${where} must be ${wanted}, as in the first row, got ${describe(part)}`,
        fix: 'Make all rows the same length',
      });
    }
    if (isList(part)) {
      // A hole of an array is undefined here; forEach would skip it.
      for (let index = 0; index < part.length; index++) fill(part[index], depth + 1, `${where}[${index}]`);
    } else values[filled++] = part as number;
  };
  fill(nested, 0, path);
  return { values, shape };
}

interface List {
  readonly length: number;
  readonly [index: number]: unknown;
}

function isList(value: unknown): value is List {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** The error for a tensor that was disposed. */
export function disposed(who: string, path: string): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${path} is a tensor that was already disposed`,
    fix: 'Dispose it later, or keep it with tf.keep(tensor)',
  });
}

function notValues(who: string, path: string, received: unknown): CantripError {
  if (ArrayBuffer.isView(received)) {
    return new CantripError('OPTION_INVALID', {
      who,
      what: `${path} is a ${received.constructor.name} without a shape`,
      fix: `Write ${path} as { values, shape: [examples, …] }`,
    });
  }
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${path} must be a tensor, { values, shape }, nested arrays, or several by name, got ${describe(received)}`,
    fix: "Convert it to one of these forms, or create a dataset with arrayDataset() of '@cantrip/data'",
  });
}
