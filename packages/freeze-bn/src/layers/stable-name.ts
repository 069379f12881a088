import type { layers } from '@tensorflow/tfjs-layers';

/**
 * A layer's name in the trainer's parameter names, e.g. `batch_normalization_2` of `batch_normalization_2/gamma`.
 *
 * TensorFlow.js counts automatic names (`batch_normalization_BatchNormalization7`) over the whole process. These
 * names are counted within one model. A layer with a name of its own keeps it.
 *
 * @param counts - the number of layers of each class so far in this model; is updated
 */
export function stableName(layer: layers.Layer, counts: Map<string, number>): string {
  const className = layer.getClassName();
  const base = snakeCase(className);
  // `dense_Dense7`; of models `model7` and `sequential_7`.
  const automatic = 'layers' in layer ? `${base}_?` : `${base}_${className}`;
  if (!new RegExp(`^${automatic}\\d+$`).test(layer.name)) return layer.name;
  const count = (counts.get(base) ?? 0) + 1;
  counts.set(base, count);
  return `${base}_${count}`;
}

/** Converts a name as tfjs-layers does for its automatic names. */
function snakeCase(name: string): string {
  const spaced = name.replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2').replace(/([a-z])([A-Z])/g, '$1_$2');
  return spaced.toLowerCase();
}
