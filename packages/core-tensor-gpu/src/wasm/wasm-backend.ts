import { CantripError } from '@cantrip/errors';
import { getKernel, type KernelFunc, type NamedAttrMap, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

export type { BackendWasm };

/** The arguments that tfjs-core passes to a wasm kernel. */
export interface KernelCall {
  readonly inputs: Readonly<Record<string, TensorInfo | undefined>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly backend: BackendWasm;
}

/** A kernel of this package: it computes a new tensor in the backend's memory from inputs and attributes. */
export type WasmKernel = (call: KernelCall) => TensorInfo;

/** Converts one of our kernels to the type that tfjs-core registers. */
export function asKernelFunc(kernel: WasmKernel): KernelFunc {
  return ({ inputs, attrs, backend }) =>
    kernel({ inputs, attrs: attrs as Record<string, unknown>, backend: backend as BackendWasm });
}

/**
 * Runs a wasm kernel from within another one, outside the gradient tape and without tracking. The caller must
 * release the result.
 */
export function callKernel(
  name: string,
  backend: BackendWasm,
  inputs: Record<string, TensorInfo>,
  attrs: Record<string, unknown> = {},
): TensorInfo {
  const kernel = getKernel(name, 'wasm');
  return kernel.kernelFunc({ inputs, attrs: attrs as NamedAttrMap, backend }) as TensorInfo;
}

/** A tensor's values in the backend's memory. The next allocation may move the memory and make this invalid. */
export function floats(backend: BackendWasm, tensor: TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** {@link floats} for an int32 tensor. */
export function integers(backend: BackendWasm, tensor: TensorInfo): Int32Array {
  return backend.typedArrayFromHeap(tensor) as Int32Array;
}

/** The same values in another shape, without a copy. The view must not be released. */
export function viewAs(tensor: TensorInfo, shape: number[]): TensorInfo {
  return { dataId: tensor.dataId, shape, dtype: tensor.dtype };
}

export function release(backend: BackendWasm, ...tensors: readonly TensorInfo[]): void {
  for (const tensor of tensors) backend.disposeData(tensor.dataId);
}

/** An input that the op always has. */
export function input({ inputs }: KernelCall, name: string): TensorInfo {
  const tensor = inputs[name];
  if (tensor === undefined) throw new Error(`the kernel was called without its input ${name}`);
  return tensor;
}

export function requireFloat(kernel: string, tensor: TensorInfo): void {
  if (tensor.dtype === 'float32') return;
  throw new CantripError('DTYPE_MISMATCH', {
    who: `wasm ${kernel}`,
    what: `needs float32, got ${tensor.dtype}`,
    fix: 'Cast the tensor with tf.cast(x, "float32") first',
  });
}

/** A new tensor of zeros. The backend's memory is not cleared, so this clears it. */
export function zeros(backend: BackendWasm, shape: number[]): TensorInfo {
  const result = backend.makeOutput(shape, 'float32');
  floats(backend, result).fill(0);
  return result;
}
