import type { layers } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;
export type LayerCall = Layer['call'];

/**
 * Inserts a `call` between one layer and its class, not on the layer itself. A `call` on the layer itself, such as
 * the one that freezing sets, still has priority. Several may be inserted, and removed in any order.
 *
 * @param make - returns the new call; `next` is the call that it replaces
 * @returns a function that removes it
 */
export function interposeCall(layer: Layer, make: (next: LayerCall) => LayerCall): () => void {
  const between = Object.create(Object.getPrototypeOf(layer) as Layer) as Layer;
  const next: LayerCall = (...given) => (Object.getPrototypeOf(between) as Layer).call.apply(layer, given);
  Object.defineProperty(between, 'call', { value: make(next), configurable: true, writable: true });
  Object.setPrototypeOf(layer, between);
  return () => takeOut(layer, between);
}

function takeOut(layer: Layer, between: Layer): void {
  let above: object = layer;
  for (;;) {
    const prototype = Object.getPrototypeOf(above) as object | null;
    if (prototype === null) return;
    if (prototype === between) break;
    above = prototype;
  }
  Object.setPrototypeOf(above, Object.getPrototypeOf(between) as object);
}

/**
 * The name of the class whose `call` a layer uses, ignoring inserted calls. A subclass that changes the call counts
 * as another class. Names are compared, because an instanceof check would fail for a second copy of tfjs-layers.
 */
export function callOwner(layer: Layer): string | undefined {
  let prototype = Object.getPrototypeOf(layer) as object | null;
  // An inserted object has a call, but no constructor of its own.
  while (prototype && !(Object.hasOwn(prototype, 'call') && Object.hasOwn(prototype, 'constructor'))) {
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  const owner = Object(prototype?.constructor) as { readonly className?: string };
  return Object.hasOwn(owner, 'className') ? owner.className : undefined;
}
