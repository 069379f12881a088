import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { heldBy, heldLayers } from './layers/held-layers.ts';

/** What tfjs-layers keeps to itself and a training loop needs. */
interface Hidden {
  readonly _losses?: readonly (() => tf.Scalar)[];
  calculateLosses(): tf.Scalar[];
}

/**
 * What the regularizers of a model add to the loss, each once: a shared layer, or one of a model that is used twice, has
 * one set of parameters. Those of recurrent cells and of both halves of a bidirectional layer count too.
 *
 * TensorFlow.js counts the regularizers of a layer once for each call, and leaves those of cells out.
 */
export function penaltiesOf(model: LayersModel): readonly tf.Scalar[] {
  return tf.tidy(() =>
    [...heldLayers(model)].flatMap((layer) => {
      const hidden = layer as unknown as Hidden;
      // A holder answers for what it holds, which has a turn of its own.
      return heldBy(layer).length > 0 ? (hidden._losses ?? []).map((one) => one()) : hidden.calculateLosses();
    }),
  );
}
