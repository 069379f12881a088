import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { namedLayers } from '@cantrip/plugin-kit';

/** The fields of a recurrent layer that are needed here. */
interface Keeping {
  keptStates?: tf.Tensor[][] | null;
}

/**
 * Frees the earlier states that stateful recurrent layers kept for the gradients of a training step. TensorFlow.js
 * keeps them until the state is reset, which may never happen.
 */
export function freeKeptStates(model: LayersModel): void {
  for (const [, layer] of namedLayers(model)) {
    const keeping = layer as unknown as Keeping;
    if (!keeping.keptStates?.length) continue;
    tf.dispose(keeping.keptStates);
    keeping.keptStates = [];
  }
}
