import type { layers } from '@tensorflow/tfjs-layers';
import { heldLayers, namedLayers } from '@cantrip/plugin-kit';
import type { BuiltModel } from '../model/built-model.ts';
import { isLayersModel } from '../model/is-layers-model.ts';

/** The names of all layers of a model, in messages; nested models and cells have no other than their own. */
export function layerNames(source: BuiltModel['source']): ReadonlyMap<object, string> {
  if (!isLayersModel(source)) return new Map();
  const own = [...heldLayers(source)].map((layer): [layers.Layer, string] => [layer, layer.name]);
  return new Map([...own, ...[...namedLayers(source)].map(([name, layer]) => [layer, name] as const)]);
}
