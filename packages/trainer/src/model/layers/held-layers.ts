import type { LayersModel } from '@tensorflow/tfjs-layers';

type Layer = LayersModel['layers'][number];

/**
 * The layers that a layer may hold. A model has `layers`, a wrapper has a `layer`, a bidirectional layer has two, a
 * recurrent layer has a `cell`.
 */
interface Holder {
  readonly layers?: unknown;
  readonly layer?: unknown;
  readonly forwardLayer?: unknown;
  readonly backwardLayer?: unknown;
  readonly cell?: unknown;
  readonly cells?: unknown;
}

/** A layer or model and all layers in it, at any depth. Each is listed once, and before the layers that it holds. */
export function heldLayers(layer: object, found: Set<Layer> = new Set()): ReadonlySet<Layer> {
  if (found.has(layer as Layer)) return found;
  found.add(layer as Layer);
  for (const held of heldBy(layer)) heldLayers(held, found);
  return found;
}

/** The layers that a layer holds directly. */
export function heldBy(holder: object): readonly Layer[] {
  const layer = holder as Holder;
  if (Array.isArray(layer.layers)) return layer.layers as Layer[];
  if (Array.isArray(layer.cells)) return layer.cells as Layer[];
  // The property `layer` of a bidirectional layer is unused.
  const held = layer.forwardLayer ? [layer.forwardLayer, layer.backwardLayer] : [layer.layer, layer.cell];
  return held.filter((one) => typeof one === 'object' && one !== null && 'weights' in one) as Layer[];
}
