import * as tf from '@tensorflow/tfjs-core';

interface Tape {
  activeTape?: readonly { readonly saved?: readonly tf.Tensor[] | null }[] | null;
  readonly gradientDepth: number;
}

/**
 * Frees what tfjs-core kept for gradients that were not computed because something threw. It frees such tensors after
 * the gradients alone.
 */
export function freeTape(): void {
  const state = tf.engine().state as unknown as Tape;
  if (state.gradientDepth > 0 || !state.activeTape) return;
  for (const { saved } of state.activeTape) tf.dispose([...(saved ?? [])]);
  state.activeTape = null;
}
