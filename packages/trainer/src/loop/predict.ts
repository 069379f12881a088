import * as tf from '@tensorflow/tfjs-core';
import type { HostTensors } from '@cantrip/core-tensor-gpu';
import type { LiveRun } from '../live-run.ts';
import type { Tensors } from '../plugins/plugin.ts';
import { inference } from './inference.ts';
import { loadTensors } from './load-batch.ts';

/** The model's outputs in inference mode; see {@link Trainer.predict}. */
export function predict(live: LiveRun, inputs: HostTensors | Tensors): Tensors {
  const owned: tf.Tensor[] = [];
  try {
    const loaded = loadTensors(inputs, owned, (host) => host);
    return tf.tidy(() => live.model.call(loaded, inference(live)) as tf.TensorContainer) as Tensors;
  } finally {
    tf.dispose(owned);
  }
}
