import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { heldChanges } from './held-changes.ts';
import { callOwner, interposeCall } from './layers/interpose-call.ts';

/** An activation of tfjs-layers, which every layer has to itself. */
interface Activation {
  apply(x: tf.Tensor): tf.Tensor;
  getClassName(): string;
}

const fused = heldChanges<Activation>((activation) => {
  activation.apply = (x) => tf.relu6(x);
  return () => void Reflect.deleteProperty(activation, 'apply');
});

const fusedLayers = heldChanges<layers.Layer>((layer) =>
  interposeCall(layer, (next) => (given, kwargs) => {
    if ((layer as ReluLayer).maxValue !== 6) return next(given, kwargs);
    return tf.relu6(Array.isArray(given) ? (given[0] as tf.Tensor) : given);
  }),
);

/** `layers.reLU` of tfjs-layers, with its private field. */
interface ReluLayer extends layers.Layer {
  readonly maxValue?: number | null;
}

/**
 * Makes a layer with the activation `relu6`, and `layers.reLU({ maxValue: 6 })`, compute it, and its gradient, with one
 * op each. tfjs-layers computes `minimum(6, relu(x))` or clips `relu(x)`; the gradient takes three ops or more. The
 * numbers are the same. At an input of exactly 6 the gradient is 0, as in Keras and PyTorch; that of the clipped form
 * was 1.
 *
 * @returns a function that undoes it, or undefined for another layer; fusing twice must be undone twice
 */
export function fuseRelu6(layer: layers.Layer): (() => void) | undefined {
  if (callOwner(layer) === 'ReLU') return fusedLayers.hold(layer);
  const activation = 'activation' in layer ? (layer.activation as Partial<Activation> | null) : undefined;
  return isRelu6(activation) ? fused.hold(activation) : undefined;
}

/** Whether it is tfjs-layers' own, and nobody has set another `apply`. */
function isRelu6(activation: Partial<Activation> | null | undefined): activation is Activation {
  if (activation?.getClassName?.() !== 'relu6') return false;
  return fused.has(activation as Activation) || !Object.hasOwn(activation, 'apply');
}
