import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { heldBy, heldLayers } from './layers/held-layers.ts';

/** Private fields of tfjs-layers that a training loop needs. */
interface Hidden {
  readonly _losses?: readonly (() => tf.Scalar)[];
  calculateLosses(): tf.Scalar[];
}

/**
 * The values that the regularizers of a model add to the loss, each once. A shared layer, or one in a model that is
 * used twice, has one set of parameters. Regularizers of recurrent cells and of both halves of a bidirectional layer
 * count too.
 *
 * TensorFlow.js counts the regularizers of a layer once for each call, and omits those of cells.
 */
export function penaltiesOf(model: LayersModel): readonly tf.Scalar[] {
  return tf.tidy(() =>
    [...heldLayers(model)].flatMap((layer) => {
      const hidden = layer as unknown as Hidden;
      // A layer that holds others reports only its own losses here; the held layers are visited separately.
      return heldBy(layer).length > 0 ? (hidden._losses ?? []).map((one) => one()) : hidden.calculateLosses();
    }),
  );
}
