import type { layers, LayersModel } from '@tensorflow/tfjs-layers';
import { allLayers, type FoundLayer, type NamedLayer } from './batch-norm-layers.ts';

type Layer = layers.Layer;

/**
 * The batch normalisations before a layer in the model's graph: all that its input depends on. For a layer in a
 * nested model, also those before that model.
 *
 * @param target - the layer, its name, or its path
 * @returns undefined if the model has no such layer
 */
export function normsBefore(
  model: LayersModel,
  target: string | Layer,
  norms: readonly FoundLayer[],
): readonly FoundLayer[] | undefined {
  const named = [...allLayers(model)].find(
    ({ layer, path }) => layer === target || layer.name === target || path === target,
  );
  if (!named) return undefined;
  const before = layersBefore(model, named);
  return norms.filter(({ layer, around }) =>
    [layer as unknown as Layer, ...around].some((holder) => before.has(holder)),
  );
}

/** The layers before the target, on each level from the model down to the layer. */
function layersBefore(model: LayersModel, { layer, around }: NamedLayer): ReadonlySet<Layer> {
  const levels = [...around, layer];
  return new Set(levels.flatMap((inner, i) => [...ancestors(inner, i === 0 ? model : levels[i - 1]!)]));
}

function ancestors(layer: Layer, holder: object): ReadonlySet<Layer> {
  const { layers: chain = [], containerNodes } = holder as Container;
  // A sequential model builds its graph later, but is always a chain. A wrapper has neither.
  if (!containerNodes?.size) return new Set(chain.slice(0, Math.max(0, chain.indexOf(layer))));
  const found = new Set<Layer>();
  const queue = [layer];
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { name, inboundNodes } = next;
    // A layer may also be called in another model. Those calls are ignored.
    const calls = inboundNodes.filter((_, index) => containerNodes.has(`${name}_ib-${index}`));
    const inbound = calls.flatMap(({ inboundLayers }) => inboundLayers).filter((one) => !found.has(one));
    inbound.forEach((one) => found.add(one));
    queue.push(...inbound);
  }
  return found;
}

interface Container {
  readonly layers?: readonly Layer[];
  /** The calls of layers that make up a model, as tfjs-layers names them. */
  readonly containerNodes?: ReadonlySet<string>;
}
