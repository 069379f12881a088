import { gelu } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { heldChanges } from './held-changes.ts';
import { callOwner, interposeCall } from './layers/interpose-call.ts';

/** An activation of tfjs-layers, which every layer has to itself. */
interface Activation {
  apply(x: tf.Tensor): tf.Tensor;
  getClassName(): string;
}

/** tfjs-layers composes these of ops whose gradients take three ops for `relu6`, and nine or more for the others. */
const fusedActivations: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor>> = {
  relu6: (x) => tf.relu6(x),
  gelu: (x) => gelu(x),
  gelu_new: (x) => gelu(x, { approximate: true }),
};

const fused = heldChanges<Activation>((activation) => {
  activation.apply = fusedActivations[activation.getClassName()]!;
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
 * Makes a layer with the activation `relu6`, `gelu` or `gelu_new`, and `layers.reLU({ maxValue: 6 })`, compute it, and
 * its gradient, with fewer ops. tfjs-layers computes `relu6` as `minimum(6, relu(x))`, or clips `relu(x)`. The numbers are
 * the same, but for rounding in GELU. At an input of exactly 6 the gradient is 0, as in Keras and PyTorch; that of the
 * clipped form was 1.
 *
 * @returns a function that undoes it, or undefined for another layer; fusing twice must be undone twice
 */
export function fuseActivation(layer: layers.Layer): (() => void) | undefined {
  if (callOwner(layer) === 'ReLU') return fusedLayers.hold(layer);
  const activation = 'activation' in layer ? (layer.activation as Partial<Activation> | null) : undefined;
  return isFusible(activation) ? fused.hold(activation) : undefined;
}

/** Whether it is tfjs-layers' own, and nobody has set another `apply`. */
function isFusible(activation: Partial<Activation> | null | undefined): activation is Activation {
  const name = activation?.getClassName?.();
  if (name === undefined || !Object.hasOwn(fusedActivations, name)) return false;
  return fused.has(activation as Activation) || !Object.hasOwn(activation!, 'apply');
}
