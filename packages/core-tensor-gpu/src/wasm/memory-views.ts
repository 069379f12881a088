import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from './wasm-backend.ts';

/**
 * Gives a part of a float tensor's memory a number of its own, because the wasm kernels identify a tensor by its
 * number. Return it with {@link giveBack} before the tensor is freed.
 *
 * @param offset - the index of its first value
 */
export function borrow(backend: BackendWasm, tensor: TensorInfo, shape: number[], offset = 0): TensorInfo {
  const start = backend.dataIdMap.get(tensor.dataId).memoryOffset;
  return backend.makeOutput(shape, 'float32', start + offset * Float32Array.BYTES_PER_ELEMENT);
}

/** Removes a borrowed number, and what the backend cached for it. The memory still belongs to its owner. */
export function giveBack(backend: BackendWasm, ...borrowed: readonly TensorInfo[]): void {
  for (const { dataId } of borrowed) {
    backend.wasm.tfjs.disposeData(backend.dataIdMap.get(dataId).id);
    backend.dataIdMap.delete(dataId);
  }
}
