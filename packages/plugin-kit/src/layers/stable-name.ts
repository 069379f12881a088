import { type Check, checkArgument } from '@cantrip/errors';

/** What is read of a layer of TensorFlow.js. */
export interface NamedLayer {
  readonly name: string;
  getClassName(): string;
}

const layerCheck: Check<NamedLayer> = (value) => {
  const layer = value as Partial<NamedLayer> | null | undefined;
  return typeof layer?.name === 'string' && typeof layer.getClassName === 'function'
    ? undefined
    : 'must be a layer';
};
const countsCheck: Check<Map<string, number>> = (value) =>
  value instanceof Map ? undefined : 'must be a Map, which is empty for the first layer of a model';

/**
 * A layer's name that is the same in every process, e.g. `batch_normalization_2`: the trainer's names of variables
 * begin with it, as in `batch_normalization_2/gamma`.
 *
 * TensorFlow.js counts automatic names (`batch_normalization_BatchNormalization7`) over the whole process. These
 * names are counted within one model. A layer with a name of its own keeps it.
 *
 * @param counts - the number of layers of each class so far in this model: begin with an empty map. It is updated.
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const counts = new Map<string, number>();
 * model.layers.map((layer) => stableName(layer, counts)); // ['dense_1', 'dense_2', 'head']
 * ```
 */
export function stableName(layer: NamedLayer, counts: Map<string, number>): string {
  checkArgument('stableName', 'layer', layerCheck, layer);
  checkArgument('stableName', 'counts', countsCheck, counts);
  const className = (inPlaceOf.get(layer) ?? layer).getClassName();
  const isInput = className === 'InputLayer';
  const base = isInput ? 'input' : snakeCase(className);
  // `dense_Dense7`; of models `model7` and `sequential_7`, of inputs `input7`.
  const automatic = isInput || 'layers' in layer ? `${base}_?` : `${base}_${className}`;
  if (!new RegExp(`^${automatic}\\d+$`).test(layer.name)) return layer.name;
  const count = (counts.get(base) ?? 0) + 1;
  counts.set(base, count);
  return `${base}_${count}`;
}

/** The models that stand in the place of others. */
const inPlaceOf = new WeakMap<NamedLayer, NamedLayer>();

/** Counts a model as the one in whose place it stands: a sequential model is rebuilt as a model of another class. */
export function keepStableName(made: NamedLayer, given: NamedLayer): void {
  inPlaceOf.set(made, inPlaceOf.get(given) ?? given);
}

/** `BatchNormalization` as `batch_normalization`, exactly as tfjs-layers makes its automatic names. */
function snakeCase(name: string): string {
  const spaced = name.replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2').replace(/([a-z])([A-Z])/g, '$1_$2');
  return spaced.toLowerCase();
}
