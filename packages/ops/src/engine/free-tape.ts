import * as tf from '@tensorflow/tfjs-core';

interface Tape {
  activeTape?: readonly { readonly saved?: readonly tf.Tensor[] | null }[] | null;
  readonly gradientDepth: number;
}

/**
 * Frees the tensors that tfjs-core kept for gradients, after something threw before they were computed. tfjs-core
 * itself frees them only after computing the gradients.
 */
export function freeTape(): void {
  const state = tf.engine().state as unknown as Tape;
  if (state.gradientDepth > 0 || !state.activeTape) return;
  for (const { saved } of state.activeTape) tf.dispose([...(saved ?? [])]);
  state.activeTape = null;
}
