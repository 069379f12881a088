import type * as tf from '@tensorflow/tfjs-core';

const tensorsOf = new WeakMap<object, readonly tf.Tensor[]>();
/** In how many batches a tensor stands that have not been used yet. */
const uses = new WeakMap<tf.Tensor, number>();

/** Says which tensors of a batch were made for it, so that they go when it, and any other they stand in, has been used. */
export function lend<B extends object>(batch: B, tensors: readonly tf.Tensor[]): B {
  if (tensors.length > 0) tensorsOf.set(batch, tensors);
  for (const tensor of tensors) uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  return batch;
}

/** Frees what was lent with a batch; a second time does nothing. */
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

/** The batches one by one; each is freed when the caller has the next one, which may hold the same tensors, or no more. */
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
