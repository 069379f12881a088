import type { layers } from '@tensorflow/tfjs-layers';

/**
 * A layer's name in the trainer's parameter names, e.g. `batch_normalization_2` of `batch_normalization_2/gamma`.
 *
 * TensorFlow.js counts automatic names (`batch_normalization_BatchNormalization7`) for as long as the process lives;
 * these are counted within one model. A layer that was named by hand keeps its name.
 *
 * @param counts - how many of each class there were so far in this model; is changed
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

/** As tfjs-layers makes its automatic names. */
function snakeCase(name: string): string {
  const spaced = name.replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2').replace(/([a-z])([A-Z])/g, '$1_$2');
  return spaced.toLowerCase();
}
