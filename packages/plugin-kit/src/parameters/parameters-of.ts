import { checkArgument } from '@cantrip/errors';
import { type LayerList, layerListCheck } from '../layers/names-of-layers.ts';
import type { NamedLayer } from '../layers/stable-name.ts';
import { heldBy, heldLayers } from './held-layers.ts';
import { leafLayers } from './named-layers.ts';

/** What is read of a weight of a layer of TensorFlow.js. */
export interface LayerWeight {
  readonly id: number;
  readonly originalName: string;
  /** The variable. */
  read(): object;
}

/** A layer that may have weights. */
export interface WeightedLayer extends NamedLayer {
  readonly weights: readonly LayerWeight[];
}

/** One variable of a model. */
export interface Parameter<L extends WeightedLayer> {
  /** The name, which no other parameter of the model has: `bidirectional_1/bias_2`. */
  readonly name: string;
  /** The name without the number that makes it unique: `bidirectional_1/bias`. */
  readonly role: string;
  /** The layer of the model, or the wrapper around the layer, that has it. */
  readonly layer: L;
  readonly weight: L['weights'][number];
}

/**
 * Every variable of a LayersModel once, even if its layer is used several times. The names are those of the trainer, the
 * same in every process: `conv2d_1/kernel`, `head/bias`.
 *
 * TensorFlow.js counts automatic layer names for as long as the process lives (`dense_Dense7`). Such names match
 * neither a second trainer nor a checkpoint. A layer with a name chosen by hand keeps it. An automatic name becomes
 * the class and its number within this model. Layers of a nested model get that model's name as a prefix.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * parametersOf(model).map(({ name }) => name); // ['conv2d_1/kernel', 'conv2d_1/bias', 'inner/dense_1/kernel']
 * ```
 */
export function parametersOf<L extends WeightedLayer>(model: LayerList<L>): readonly Parameter<L>[] {
  checkArgument('parametersOf', 'model', layerListCheck, model);
  const names = new Set<string>();
  const seen = new Set<object>();
  return [...leafLayers(model)].flatMap(([layerName, layer]) =>
    weightsOf(layer).flatMap((weight) => {
      const variable = weight.read();
      if (seen.has(variable)) return [];
      seen.add(variable);
      const role = `${layerName}/${weight.originalName.split('/').at(-1)}`;
      const name = free(names, role);
      names.add(name);
      return [{ name, role, layer, weight }];
    }),
  );
}

/** In the order of their creation. The order of `layer.weights` depends on which of them are trainable. */
function weightsOf<L extends WeightedLayer>(layer: L): readonly L['weights'][number][] {
  const own = [...heldLayers(layer)].filter((one) => heldBy(one).length === 0);
  const all = own.flatMap((one) => [...one.weights].sort((a, b) => a.id - b.id));
  return [...new Set([...all, ...layer.weights])];
}

function free(names: ReadonlySet<string>, name: string): string {
  if (!names.has(name)) return name;
  let count = 2;
  while (names.has(`${name}_${count}`)) count++;
  return `${name}_${count}`;
}
