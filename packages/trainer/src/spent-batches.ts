import type * as tf from '@tensorflow/tfjs-core';

const tensorsOf = new WeakMap<object, readonly tf.Tensor[]>();

/** Says which tensors of a batch were made for it alone, so that they go when it has been used. */
export function lend<B extends object>(batch: B, tensors: readonly tf.Tensor[]): B {
  if (tensors.length > 0) tensorsOf.set(batch, tensors);
  return batch;
}

/** Frees what was lent with a batch; a second time does nothing. */
export function disposeSpent(batch: unknown): void {
  if (typeof batch !== 'object' || batch === null) return;
  const tensors = tensorsOf.get(batch) ?? [];
  tensorsOf.delete(batch);
  for (const tensor of tensors) if (!tensor.isDisposed) tensor.dispose();
}

/** The batches one by one; each is freed when the caller asks for the next one, or for no more. */
export async function* spending<B>(batches: Iterable<B> | AsyncIterable<B>): AsyncGenerator<B> {
  for await (const batch of batches) {
    try {
      yield batch;
    } finally {
      disposeSpent(batch);
    }
  }
}
