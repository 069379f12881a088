import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '@cantrip/optimizers';
import type { SavedTensor, SavedTensors } from '../contract/snapshot.ts';

/** The type of array for the values of each dtype. */
export const arrayOf: {
  readonly float32: Float32ArrayConstructor;
  readonly int32: Int32ArrayConstructor;
  readonly bool: Uint8ArrayConstructor;
} = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

/** Copies the values of tensors. All reads begin before the first of them is awaited. */
export async function saveTensors(tensors: NamedTensors): Promise<SavedTensors> {
  const saved = await Promise.all(
    Object.entries(tensors).map(async ([name, tensor]) => {
      const dtype = tensor.dtype as SavedTensor['dtype'];
      // A copy, because some devices give their own memory.
      const values = new arrayOf[dtype](await tensor.data());
      return [name, { dtype, shape: [...tensor.shape], values }] as const;
    }),
  );
  return Object.fromEntries(saved);
}

/** Creates tensors with these values. They share no memory with the snapshot. */
export function loadTensors(saved: SavedTensors): NamedTensors {
  return Object.fromEntries(
    Object.entries(saved).map(([name, { values, shape, dtype }]) => [
      name,
      tf.tensor(values.slice(), [...shape], dtype),
    ]),
  );
}
