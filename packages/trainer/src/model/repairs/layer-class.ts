import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';

/** What layers of a class of tfjs-layers share, by its name, whichever copy of tfjs-layers it comes from. */
export function layerClass(name: string): layers.Layer | undefined {
  const [owner] = tf.serialization.SerializationMap.getMap().classNameMap[name] ?? [];
  return owner?.prototype as layers.Layer | undefined;
}

/** Whether a layer computes what that class does, and is not of one that was derived from it with a call of its own. */
export function callsAs(layer: layers.Layer, name: string): boolean {
  let prototype = Object.getPrototypeOf(layer) as layers.Layer;
  // What was put between a layer and its class has no constructor of its own.
  while (!Object.hasOwn(prototype, 'constructor'))
    prototype = Object.getPrototypeOf(prototype) as layers.Layer;
  return prototype.call === layerClass(name)?.call;
}
