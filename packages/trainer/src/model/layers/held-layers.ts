import type { LayersModel } from '@tensorflow/tfjs-layers';

type Layer = LayersModel['layers'][number];

/** What a layer may hold: a model has `layers`, a wrapper a `layer`, a bidirectional one two, a recurrent one a `cell`. */
interface Holder {
  readonly layers?: unknown;
  readonly layer?: unknown;
  readonly forwardLayer?: unknown;
  readonly backwardLayer?: unknown;
  readonly cell?: unknown;
  readonly cells?: unknown;
}

/**
 * A layer or model and all that it holds, at whatever depth, each object once however often it is used, and each before
 * what it holds.
 */
export function heldLayers(layer: object, found: Set<Layer> = new Set()): ReadonlySet<Layer> {
  if (found.has(layer as Layer)) return found;
  found.add(layer as Layer);
  for (const held of heldBy(layer)) heldLayers(held, found);
  return found;
}

/** What a layer holds directly. */
export function heldBy(holder: object): readonly Layer[] {
  const layer = holder as Holder;
  if (Array.isArray(layer.layers)) return layer.layers as Layer[];
  if (Array.isArray(layer.cells)) return layer.cells as Layer[];
  // Tfjs-layers leaves the `layer` of a bidirectional one unused.
  const held = layer.forwardLayer ? [layer.forwardLayer, layer.backwardLayer] : [layer.layer, layer.cell];
  return held.filter((one) => typeof one === 'object' && one !== null && 'weights' in one) as Layer[];
}
