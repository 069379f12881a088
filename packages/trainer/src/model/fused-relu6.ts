import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { heldChanges } from './held-changes.ts';

/** An activation of tfjs-layers, which every layer has to itself. */
interface Activation {
  apply(x: tf.Tensor): tf.Tensor;
  getClassName(): string;
}

const fused = heldChanges<Activation>((activation) => {
  activation.apply = (x) => tf.relu6(x);
  return () => void Reflect.deleteProperty(activation, 'apply');
});

/**
 * Makes a layer with the activation `relu6` compute it, and its gradient, with one op each. tfjs-layers computes
 * `minimum(6, relu(x))`, whose gradient takes three ops. The numbers are the same.
 *
 * @returns a function that undoes it, or undefined for a layer without this activation; fusing twice must be undone twice
 */
export function fuseRelu6(layer: layers.Layer): (() => void) | undefined {
  const activation = 'activation' in layer ? (layer.activation as Partial<Activation> | null) : undefined;
  return isRelu6(activation) ? fused.hold(activation) : undefined;
}

/** Whether it is tfjs-layers' own, and nobody has set another `apply`. */
function isRelu6(activation: Partial<Activation> | null | undefined): activation is Activation {
  if (activation?.getClassName?.() !== 'relu6') return false;
  return fused.has(activation as Activation) || !Object.hasOwn(activation, 'apply');
}
