import * as tf from '@tensorflow/tfjs-core';
import type { Place } from './host/own-values.ts';
import type { KeptTensor } from './recording.ts';

/** The tensors that a step keeps past its end, as `tf.keep` does: in a layer, a closure or anywhere. */
export interface KeptTensors {
  /** Those that have not been disposed of. */
  left(): (KeptTensor & { readonly tensor: tf.Tensor })[];
  stop(): void;
}

/**
 * Watches what is kept. What is kept already when the step begins is none of its.
 *
 * @param where - tells whose code runs
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

/** `tf.keep`, for tensors that are no business of the step. */
export function keepUnseen<T extends tf.Tensor>(tensor: T): T {
  tensor.kept = true;
  return tensor;
}
