import type { Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NamedVariables } from '@cantrip/optimizers';
import { stableName } from '@cantrip/plugin-kit';
import { heldBy, heldLayers } from './held-layers.ts';

type Layer = LayersModel['layers'][number];
type Holder = Pick<LayersModel, 'layers'>;

/**
 * Names every variable of a LayersModel. The names are the same in every process: `conv2d_1/kernel`, `head/bias`.
 *
 * TensorFlow.js counts automatic layer names for as long as the process lives (`dense_Dense7`). Such names match
 * neither a second trainer nor a checkpoint. A layer with a name chosen by hand keeps it. An automatic name becomes
 * the class and its number within this model. Layers of a nested model get that model's name as a prefix.
 */
export function nameParameters(model: LayersModel): NamedVariables {
  return Object.fromEntries(parametersOf(model).map(({ name, variable }) => [name, variable]));
}

/**
 * Names without the number that makes them unique: `bidirectional_1/bias` for `bidirectional_1/bias_2`. A weight that
 * its layer itself calls `bias_2` is not listed.
 */
export function parameterRoles(model: LayersModel): Readonly<Record<string, string>> {
  return Object.fromEntries(
    parametersOf(model).flatMap(({ name, role }) => (name === role ? [] : [[name, role]])),
  );
}

interface Parameter {
  readonly name: string;
  readonly role: string;
  readonly variable: Variable;
}

/** Each parameter once, even if its layer is used several times. */
function parametersOf(model: LayersModel): readonly Parameter[] {
  const names: Record<string, Variable> = {};
  const seen = new Set<Variable>();
  return [...leafLayers(model)].flatMap(([layerName, layer]) =>
    weightsOf(layer).flatMap((weight) => {
      const variable = weight.read() as Variable;
      if (seen.has(variable)) return [];
      seen.add(variable);
      const role = `${layerName}/${weight.originalName.split('/').at(-1)}`;
      const name = free(names, role);
      names[name] = variable;
      return [{ name, role, variable }];
    }),
  );
}

/** In the order of their creation. The order of `layer.weights` depends on which of them are trainable. */
function weightsOf(layer: Layer): readonly Layer['weights'][number][] {
  const own = [...heldLayers(layer)].filter((one) => heldBy(one).length === 0);
  const all = own.flatMap((one) => [...one.weights].sort((a, b) => a.id - b.id));
  return [...new Set([...all, ...layer.weights])];
}

/** Names the variables of a function model: the names that the user chose, else `variable_1`, … */
export function nameVariables(variables: readonly Variable[]): NamedVariables {
  const names: Record<string, Variable> = {};
  let automatic = 0;
  for (const variable of variables) {
    const name = /^\d+$/.test(variable.name) ? `variable_${++automatic}` : variable.name;
    names[free(names, name)] = variable;
  }
  return names;
}

/**
 * Every layer once, with its stable name. Layers in a wrapper such as `timeDistributed` get the wrapper's name as a
 * prefix.
 */
export function* namedLayers(
  holder: Holder,
  prefix = '',
  seen: Set<Layer> = new Set(),
): Generator<readonly [string, Layer]> {
  for (const [name, layer] of leafLayers(holder, prefix)) {
    if (seen.has(layer)) continue;
    seen.add(layer);
    yield [name, layer];
    // Tfjs-layers numbers the two halves of a bidirectional layer, and does not use the layer that it wraps.
    if ('forwardLayer' in layer && 'backwardLayer' in layer) {
      yield [`${name}/forward`, layer.forwardLayer as Layer];
      yield [`${name}/backward`, layer.backwardLayer as Layer];
    } else if ('layer' in layer) yield* namedLayers({ layers: [layer.layer as Layer] }, `${name}/`, seen);
  }
}

function* leafLayers({ layers }: Holder, prefix = ''): Generator<readonly [string, Layer]> {
  const counts = new Map<string, number>();
  for (const layer of layers) {
    const name = prefix + stableName(layer, counts);
    if ('layers' in layer && Array.isArray(layer.layers)) yield* leafLayers(layer as Holder, `${name}/`);
    else yield [name, layer];
  }
}

function free(names: Readonly<Record<string, Variable>>, name: string): string {
  if (!(name in names)) return name;
  let count = 2;
  while (`${name}_${count}` in names) count++;
  return `${name}_${count}`;
}
