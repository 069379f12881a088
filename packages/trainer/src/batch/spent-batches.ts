import type * as tf from '@tensorflow/tfjs-core';

const tensorsOf = new WeakMap<object, readonly tf.Tensor[]>();
/** The number of unused batches that still hold a tensor. */
const uses = new WeakMap<tf.Tensor, number>();

/**
 * Marks the tensors that were created for a batch. They are disposed once this batch, and every other batch that
 * holds them, has been used.
 */
export function lend<B extends object>(batch: B, tensors: readonly tf.Tensor[]): B {
  if (tensors.length > 0) tensorsOf.set(batch, tensors);
  for (const tensor of tensors) uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  return batch;
}

/** Disposes the tensors that were created for a batch. A second call does nothing. */
export function disposeSpent(batch: unknown): void {
  if (typeof batch !== 'object' || batch === null) return;
  const tensors = tensorsOf.get(batch) ?? [];
  tensorsOf.delete(batch);
  for (const tensor of tensors) {
    const left = (uses.get(tensor) ?? 1) - 1;
    uses.set(tensor, left);
    if (left === 0 && !tensor.isDisposed) tensor.dispose();
  }
}

/**
 * Yields the batches one by one. A batch is freed when the caller asks for the next one or stops; both may share
 * tensors.
 */
export async function* spending<B>(batches: Iterable<B> | AsyncIterable<B>): AsyncGenerator<B> {
  let last: B | undefined;
  try {
    for await (const batch of batches) {
      disposeSpent(last);
      last = batch;
      yield batch;
    }
  } finally {
    disposeSpent(last);
  }
}
