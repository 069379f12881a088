import * as tf from '@tensorflow/tfjs-core';
import { CantripError, isCantripError } from '@cantrip/errors';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { heldBy, heldLayers } from '@cantrip/plugin-kit';

/** Private fields of tfjs-layers that a training loop needs. */
interface Hidden {
  readonly _losses?: readonly (() => tf.Scalar)[];
  calculateLosses(): tf.Scalar[];
}

/**
 * Forgets the losses that layers add in their calls, with `this.addLoss`. TensorFlow.js keeps them, so each call would
 * count those of all earlier calls again. Losses from before the first call, as those of regularizers, stay.
 *
 * @returns a function to call before each call of the model
 */
export function forgetAddedLosses(model: LayersModel): () => void {
  const kept = [...heldLayers(model)].map((layer) => {
    const { _losses = [] } = layer as unknown as { readonly _losses?: unknown[] };
    return [_losses, _losses.length] as const;
  });
  return () => {
    for (const [losses, count] of kept) if (losses.length > count) losses.length = count;
  };
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
      return heldBy(layer).length > 0
        ? (hidden._losses ?? []).map((one) => one())
        : addedBy(layer.name, () => hidden.calculateLosses());
    }),
  );
}

/** TensorFlow.js computes added losses after the call, when it has disposed of what the layer computed. */
function addedBy<T>(name: string, compute: () => T): T {
  try {
    return compute();
  } catch (cause) {
    if (isCantripError(cause)) throw cause;
    throw new CantripError('MODEL_INVALID', {
      who: 'trainer',
      what: `a loss that layer ${name} added with addLoss failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: 'Such a loss may read weights; for what the layer computes, add an output with a loss',
      cause,
    });
  }
}
