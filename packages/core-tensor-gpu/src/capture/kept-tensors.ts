import * as tf from '@tensorflow/tfjs-core';
import type { Place } from './host/own-values.ts';
import type { KeptTensor } from './recording.ts';

/** The tensors that a step keeps after it ends, as `tf.keep` does: in a layer, a closure or elsewhere. */
export interface KeptTensors {
  /** Those that were not disposed. */
  left(): (KeptTensor & { readonly tensor: tf.Tensor })[];
  stop(): void;
}

/**
 * Watches tensors that are kept from now on. Tensors that were kept before are ignored.
 *
 * @param where - returns whose code is running
 */
export function watchKept(where: () => Place | undefined): KeptTensors {
  const engine = tf.engine() as unknown as { keep: (tensor: tf.Tensor) => tf.Tensor };
  const keep = engine.keep.bind(engine);
  const kept = new Map<tf.Tensor, Place | undefined>();
  engine.keep = (tensor) => {
    kept.set(tensor, where());
    return keep(tensor);
  };
  return {
    left: () =>
      [...kept]
        .filter(([tensor]) => !tensor.isDisposed && !(tensor instanceof tf.Variable))
        .map(([tensor, place]) => ({ tensor, shape: tensor.shape, place })),
    stop: () => void Reflect.deleteProperty(engine, 'keep'),
  };
}

/** Calls `tf.keep` for tensors that do not belong to the step. */
export function keepUnseen<T extends tf.Tensor>(tensor: T): T {
  tensor.kept = true;
  return tensor;
}
