import * as tf from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';
import type { BatchNormLayer } from './batch-norm-layers.ts';
import { sharedChange } from './shared-change.ts';

/**
 * Makes a layer normalise with its moving statistics, and leave them alone, in whatever mode it is called.
 *
 * `trainable = false` does not do that in TensorFlow.js, and nothing in a layer's configuration does.
 */
export const freezeStatistics: (layer: BatchNormLayer) => () => void = sharedChange((layer) => {
  const own = Object.getOwnPropertyDescriptor(layer, 'call');
  const call = layer.call;
  let frozen = true;
  const frozenCall: BatchNormLayer['call'] = (inputs, kwargs) => {
    if (!frozen) return call.call(layer, inputs, kwargs);
    const complete = layer.gamma !== undefined && layer.beta !== undefined;
    return complete
      ? call.call(layer, inputs, { ...kwargs, training: false })
      : normalizeIncomplete(layer, inputs);
  };
  layer.call = frozenCall;
  return () => {
    frozen = false;
    // Another wrapper that was put around this one in the meantime keeps its place.
    if (layer.call !== frozenCall) return;
    if (own) Object.defineProperty(layer, 'call', own);
    else Reflect.deleteProperty(layer, 'call');
  };
});

/** TensorFlow.js has no gradient for a batch normalisation without gamma or beta: here they are ones and zeros. */
function normalizeIncomplete(layer: BatchNormLayer, inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  const x = Array.isArray(inputs) ? inputs[0]! : inputs;
  const axis = layer.axis < 0 ? layer.axis + x.rank : layer.axis;
  const isLast = axis === x.rank - 1;
  // The kernels take [channels] for the last axis, and the rank of x for another.
  const shape = isLast ? [x.shape[axis]!] : x.shape.map((size, i) => (i === axis ? size : 1));
  const fit = (parameter: LayerVariable | undefined, otherwise: number): tf.Tensor =>
    parameter ? tf.reshape(parameter.read(), shape) : tf.fill(shape, otherwise);
  return tf.tidy(() => {
    const [mean, variance] = [fit(layer.movingMean, 0), fit(layer.movingVariance, 1)];
    return tf.batchNorm(x, mean, variance, fit(layer.beta, 0), fit(layer.gamma, 1), layer.epsilon);
  });
}

/**
 * Keeps a variable from being trained, also when `trainable` of its layer or model is set to true. What was set is
 * remembered and holds once this is undone.
 */
export const freezeVariable: (variable: LayerVariable) => () => void = sharedChange((variable) => {
  let wanted = variable.trainable;
  variable.trainable = false;
  Object.defineProperty(variable, 'trainable', {
    configurable: true,
    get: () => false,
    set: (value: boolean) => {
      wanted = value;
    },
  });
  return () => {
    Reflect.deleteProperty(variable, 'trainable');
    variable.trainable = wanted;
  };
});
