import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';

/** The prototype of a tfjs-layers class by its name, whichever copy of tfjs-layers it comes from. */
export function layerClass(name: string): layers.Layer | undefined {
  const [owner] = tf.serialization.SerializationMap.getMap().classNameMap[name] ?? [];
  return owner?.prototype as layers.Layer | undefined;
}

/** Whether a layer uses the `call` of this class. A subclass with its own `call` does not. */
export function callsAs(layer: layers.Layer, name: string): boolean {
  let prototype = Object.getPrototypeOf(layer) as layers.Layer;
  // An inserted object has no constructor of its own.
  while (!Object.hasOwn(prototype, 'constructor'))
    prototype = Object.getPrototypeOf(prototype) as layers.Layer;
  return prototype.call === layerClass(name)?.call;
}
