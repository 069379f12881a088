import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from './wasm-backend.ts';

/**
 * A part of a float tensor's memory under a name of its own, for the wasm kernels, which know a tensor by its number.
 * It must be given back with {@link giveBack} while the tensor still lives.
 *
 * @param offset - of its first value, in values
 */
export function borrow(backend: BackendWasm, tensor: TensorInfo, shape: number[], offset = 0): TensorInfo {
  const start = backend.dataIdMap.get(tensor.dataId).memoryOffset;
  return backend.makeOutput(shape, 'float32', start + offset * Float32Array.BYTES_PER_ELEMENT);
}

/** Forgets a borrowed name, and what the backend cached for it; the memory stays with its owner. */
export function giveBack(backend: BackendWasm, ...borrowed: readonly TensorInfo[]): void {
  for (const { dataId } of borrowed) {
    backend.wasm.tfjs.disposeData(backend.dataIdMap.get(dataId).id);
    backend.dataIdMap.delete(dataId);
  }
}
