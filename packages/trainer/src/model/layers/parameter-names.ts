import type { Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { NamedVariables } from '@cantrip/optimizers';
import { stableName } from '@cantrip/plugin-kit';
import { heldBy, heldLayers } from './held-layers.ts';

type Layer = LayersModel['layers'][number];
type Holder = Pick<LayersModel, 'layers'>;

/**
 * Names every variable of a LayersModel the same in every process: `conv2d_1/kernel`, `head/bias`.
 *
 * TensorFlow.js counts automatic layer names up for as long as the process lives (`dense_Dense7`), so its own names
 * fit neither a second trainer nor a checkpoint. A layer that was named by hand keeps its name; an automatic name
 * becomes the class and its number within this model. Layers of a nested model carry that model's name in front.
 */
export function nameParameters(model: LayersModel): NamedVariables {
  return Object.fromEntries(parametersOf(model).map(({ name, variable }) => [name, variable]));
}

/**
 * What a parameter is, where its name has a number that makes it unique: `bidirectional_1/bias` of
 * `bidirectional_1/bias_2`. A weight that its layer itself calls `bias_2` has no other name.
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

/** Each once, however often its layer is used. */
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

/** In the order in which they were made: that of `layer.weights` follows from which of them are trainable. */
function weightsOf(layer: Layer): readonly Layer['weights'][number][] {
  const own = [...heldLayers(layer)].filter((one) => heldBy(one).length === 0);
  const all = own.flatMap((one) => [...one.weights].sort((a, b) => a.id - b.id));
  return [...new Set([...all, ...layer.weights])];
}

/** Names the variables of a function model: their own names where the user gave some, else `variable_1`, … */
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
 * Every layer, once, by its stable name; what a wrapper such as `timeDistributed` holds has the wrapper's name in front.
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
    // Tfjs-layers counts up in the names of a bidirectional layer's two halves, and leaves the layer itself unused.
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
