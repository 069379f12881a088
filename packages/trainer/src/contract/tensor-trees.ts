import { Tensor } from '@tensorflow/tfjs-core';
import type { Tensors } from './batch.ts';

/** Shapes by name; -1 stands for any size. */
export type TensorShapes = Readonly<Record<string, readonly number[]>>;

/** The name under which a single tensor stands where names are needed. */
export const SINGLE = '';

export function isTensor(value: Tensors): value is Tensor {
  return value instanceof Tensor;
}

/** The tensors by name; a single one has the name `''`. */
export function entriesOf(tensors: Tensors): readonly (readonly [string, Tensor])[] {
  return isTensor(tensors) ? [[SINGLE, tensors]] : Object.entries(tensors);
}

/** One tensor of a batch, wherever it lies. */
export interface Described {
  readonly shape: readonly number[];
  /** Of a tensor on the device. */
  readonly dtype?: string;
  /** Of one on the host, beside how bytes become float32. */
  readonly values?: unknown;
  readonly normalization?: unknown;
}

/**
 * `inputs[64,28,28,1]`, `inputs.left[64,8] inputs.right[64,8] int32`: equal shapes and dtypes give equal text; float32
 * is not named.
 */
export function signatureOf(label: string, entries: readonly (readonly [string, Described])[]): string {
  return entries
    .map(([name, one]) => {
      const dtype = dtypeOf(one);
      const suffix = dtype === 'float32' ? '' : ` ${dtype}`;
      return `${name ? `${label}.${name}` : label}[${one.shape.join(',')}]${suffix}`;
    })
    .join(' ');
}

/** Its type: `uint8` are bytes that become float32 on the device as they are. */
export function dtypeOf({ dtype, values, normalization }: Described): string {
  if (dtype !== undefined) return dtype;
  if (values instanceof Float32Array || normalization !== undefined) return 'float32';
  return values instanceof Int32Array ? 'int32' : 'uint8';
}
