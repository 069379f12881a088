import * as tf from '@tensorflow/tfjs-core';
import { entriesOfTensors } from '@cantrip/plugin-kit';
import type { OnePart, PreparedBatch } from './prepare-batch.ts';

/** How many values of each tensor are read. */
const SAMPLE = 256;

/**
 * A short text about the values of a batch: equal for equal batches, and almost surely another one for others. It is read once an
 * epoch, and of large tensors only a sample, evenly spread.
 */
export async function fingerprintOf({ inputs, targets }: PreparedBatch): Promise<string> {
  const parts = [inputs, targets].flatMap((part) => entriesOfTensors<OnePart>(part));
  let hash = 0x811c9dc5;
  for (const [name, tensor] of parts) {
    for (const value of [name, ...(await sampleOf(tensor))])
      for (const letter of `${value},`) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  }
  return (hash >>> 0).toString(16);
}

async function sampleOf(tensor: OnePart): Promise<ArrayLike<number> & Iterable<number>> {
  const size = tensor instanceof tf.Tensor ? tensor.size : tensor.values.length;
  const count = Math.min(SAMPLE, size);
  const places = Int32Array.from({ length: count }, (_, i) => Math.floor((i * size) / count));
  if (!(tensor instanceof tf.Tensor)) return Array.from(places, (place) => tensor.values[place]!);
  const sample = tf.tidy(() => tf.gather(tf.reshape(tensor, [size]), tf.tensor1d(places, 'int32')));
  try {
    return await sample.data();
  } finally {
    sample.dispose();
  }
}
