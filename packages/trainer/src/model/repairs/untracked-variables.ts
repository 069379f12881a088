import { Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { CantripError } from '@cantrip/errors';
import { namedLayers } from '@cantrip/plugin-kit';

/**
 * Refuses a layer that keeps a trainable variable that is not one of its weights. TensorFlow.js would neither train nor
 * save it.
 *
 * @throws CantripError MODEL_INVALID
 */
export function refuseUntracked(model: LayersModel): void {
  for (const [name, layer] of namedLayers(model)) {
    const weights = new Set(layer.weights.map((weight) => weight.read() as unknown));
    for (const [property, value] of Object.entries(layer)) {
      const held: readonly unknown[] = Array.isArray(value) ? value : [value];
      const untracked = held.find((one) => one instanceof Variable && one.trainable && !weights.has(one));
      if (!untracked) continue;
      throw new CantripError('MODEL_INVALID', {
        who: 'trainer',
        what: `layer ${name} keeps the variable ${property}, which is not one of its weights, so it would be neither trained nor saved`,
        fix: 'Create it with this.addWeight in build, or pass false as trainable to tf.variable',
      });
    }
  }
}
