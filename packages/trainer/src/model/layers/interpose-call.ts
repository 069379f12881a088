import type { layers } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;
export type LayerCall = Layer['call'];

/**
 * Puts a `call` between one layer and its class, not on the layer itself: a `call` that stands on the layer, as
 * freezing sets one, covers this one whichever came first. Several may be put there and taken away in any order.
 *
 * @param make - gives the new call; `next` is what the layer would have done
 * @returns how to take it away
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
 * The class whose `call` a layer has, whatever was put between them; a class that is derived from it and changes the
 * call is another one. Asked by name, because a class check would fail for a second copy of tfjs-layers.
 */
export function callOwner(layer: Layer): string | undefined {
  let prototype = Object.getPrototypeOf(layer) as object | null;
  // What was put between has a call, but no constructor of its own.
  while (prototype && !(Object.hasOwn(prototype, 'call') && Object.hasOwn(prototype, 'constructor'))) {
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  const owner = Object(prototype?.constructor) as { readonly className?: string };
  return Object.hasOwn(owner, 'className') ? owner.className : undefined;
}
