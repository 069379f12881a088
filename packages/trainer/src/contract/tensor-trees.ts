import { Tensor } from '@tensorflow/tfjs-core';
import type { Tensors } from './batch.ts';

/** Shapes by name; -1 means any size. */
export type TensorShapes = Readonly<Record<string, readonly number[]>>;

/** The name of a single tensor where names are needed. */
export const SINGLE = '';

export function isTensor(value: Tensors): value is Tensor {
  return value instanceof Tensor;
}

/** One tensor of a batch, on the host or on the device. */
export interface Described {
  readonly shape: readonly number[];
  /** The dtype of a tensor on the device. */
  readonly dtype?: string;
  /** The values of a host tensor, and how bytes become float32. */
  readonly values?: unknown;
  readonly normalization?: unknown;
}

/**
 * Shapes and dtypes as a text: `inputs[64,28,28,1]`, `inputs.left[64,8] inputs.right[64,8] int32`. Equal texts mean
 * equal shapes and dtypes; float32 is not written.
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

/** The dtype of a tensor. `uint8` means bytes that become float32 on the device without normalization. */
export function dtypeOf({ dtype, values, normalization }: Described): string {
  if (dtype !== undefined) return dtype;
  if (values instanceof Float32Array || normalization !== undefined) return 'float32';
  return values instanceof Int32Array ? 'int32' : 'uint8';
}
