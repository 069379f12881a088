import { type HostTensor, upload } from '@cantrip/ops';
import { isHostTensor } from '@cantrip/plugin-kit';
import type { BatchSource, Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

type Batches = ReturnType<BatchSource['batches']>;
type GivenBatch = Batches extends Iterable<infer One> | AsyncIterable<infer One> ? One : never;
type Inputs = GivenBatch['inputs'];

/** The inputs of the first batches, in the order of the model's inputs. They are disposed after their turn. */
export async function* inputBatches(
  model: LayersModel,
  batches: Batches,
  most: number,
): AsyncGenerator<tf.Tensor | tf.Tensor[]> {
  for await (const batch of first(most, batches)) {
    const { inputs } = batch;
    const uploaded: tf.Tensor[] = [];
    const ours = (tensor: tf.Tensor): tf.Tensor => (uploaded.push(tensor), tensor);
    const one = (given: HostTensor | tf.Tensor): tf.Tensor => {
      const size = 'size' in batch ? batch.size : given.shape[0]!;
      const whole = given instanceof tf.Tensor ? given : ours(upload(given));
      // Rows that only pad the batch are repeated rows, so they are dropped.
      return size === whole.shape[0] ? whole : ours(tf.slice(whole, 0, size));
    };
    try {
      yield isSingle(inputs) ? one(inputs) : model.inputNames.map((name) => one(inputs[name]!));
    } finally {
      tf.dispose(uploaded);
    }
  }
}

async function* first(count: number, batches: Batches): AsyncGenerator<GivenBatch> {
  let left = count;
  for await (const batch of batches) {
    yield batch;
    if (--left === 0) return;
  }
}

function isSingle(inputs: Inputs | Tensors): inputs is HostTensor | tf.Tensor {
  return inputs instanceof tf.Tensor || isHostTensor(inputs);
}
