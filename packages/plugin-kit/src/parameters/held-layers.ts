import { type Check, checkArgument } from '@cantrip/errors';

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

/** Checks for an object, which any layer is. */
const objectCheck: Check<object> = (value) =>
  typeof value === 'object' && value !== null ? undefined : 'must be a layer or a model';

/**
 * A layer or model and all layers in it, at any depth. Each is listed once, and before the layers that it holds.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * heldLayers(model).size; // 3: the model, a dense layer, and a nested model without layers
 * ```
 */
export function heldLayers<L extends object>(layer: L): ReadonlySet<L> {
  checkArgument('heldLayers', 'layer', objectCheck, layer);
  const found = new Set<L>();
  collect(layer, found);
  return found;
}

function collect<L extends object>(layer: L, found: Set<L>): void {
  if (found.has(layer)) return;
  found.add(layer);
  for (const held of heldIn(layer)) collect(held, found);
}

/**
 * The layers that a layer holds directly.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * heldBy(layers.bidirectional({ layer })).length; // 2
 * ```
 */
export function heldBy<L extends object>(layer: L): readonly L[] {
  checkArgument('heldBy', 'layer', objectCheck, layer);
  return heldIn(layer);
}

function heldIn<L extends object>(given: L): readonly L[] {
  const layer = given as Holder;
  if (Array.isArray(layer.layers)) return layer.layers as L[];
  if (Array.isArray(layer.cells)) return layer.cells as L[];
  // The property `layer` of a bidirectional layer is unused.
  const held = layer.forwardLayer ? [layer.forwardLayer, layer.backwardLayer] : [layer.layer, layer.cell];
  return held.filter((one) => typeof one === 'object' && one !== null && 'weights' in one) as L[];
}
