import { CantripError } from '@cantrip/errors';
import { matchesName, type NamePattern } from '@cantrip/plugin-kit';
import type { Run } from '@cantrip/trainer';
import type { Variable } from '@tensorflow/tfjs-core';
import type { layers, LayersModel } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;
type Variables = Run['variables'];

/** The names of the variables of each layer that may be frozen, from the input to the output. */
export type FreezableLayers = readonly (readonly string[])[];

const who = 'layerFreezing';

/**
 * The layers with trained variables, without the last one, which always trains. Or those of the patterns, each of which
 * is one layer or block of layers.
 *
 * @throws CantripError MODEL_INVALID if the model has no such layer; OPTION_INVALID if a pattern matches no variable
 */
export function freezableLayers(run: Run, patterns: readonly NamePattern[] | undefined): FreezableLayers {
  const trained = run.trainable();
  if (patterns) return matchedBy(patterns, Object.keys(trained), run.roles ?? {});
  const { model } = run;
  const found = typeof model === 'function' ? byName(trained) : byLayer(model, trained);
  if (found.length > 1) return found.slice(0, -1);
  throw new CantripError('MODEL_INVALID', {
    who,
    what: `needs a model with at least 2 trained layers, got ${found.length}`,
    fix: 'Remove layerFreezing, or name what to freeze in layers',
  });
}

/** The variables of each layer, in the order of the model's layers: that of the variables is no promise. */
function byLayer(model: LayersModel, trained: Variables): FreezableLayers {
  const names = new Map(Object.entries(trained).map(([name, variable]) => [variable, name]));
  return [...new Set(leavesOf(model))]
    .map((layer) => layer.weights.flatMap((weight) => names.get(weight.read() as Variable) ?? []))
    .filter((layer) => layer.length > 0);
}

function leavesOf(model: LayersModel): readonly Layer[] {
  return model.layers.flatMap((layer) => ('layers' in layer ? leavesOf(layer as LayersModel) : [layer]));
}

/** The variables of a model that is a function, as they were created. `block/dense_1` is the layer of `block/dense_1/kernel`. */
function byName(trained: Variables): FreezableLayers {
  const names = Object.keys(trained).sort((one, other) => trained[one]!.id - trained[other]!.id);
  return [...new Set(names.map(layerOf))].map((layer) => names.filter((name) => layerOf(name) === layer));
}

/** A name without a slash is a layer by itself. */
const layerOf = (variable: string): string => variable.replace(/\/[^/]*$/, '');

function matchedBy(
  patterns: readonly NamePattern[],
  names: readonly string[],
  roles: Readonly<Record<string, string>>,
): FreezableLayers {
  const first = (name: string): number => patterns.findIndex((one) => matchesName(one, name, roles[name]));
  const layers = patterns.map((_, at) => names.filter((name) => first(name) === at));
  const empty = layers.findIndex((layer) => layer.length === 0);
  if (empty === -1) return layers;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `layers[${empty}] ${String(patterns[empty])} has no trained variable`,
    fix: `Correct the pattern, or move it before the one that takes its variables. The variables are ${names.join(', ')}`,
  });
}
