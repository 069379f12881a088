import { layerNorm } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { layers, LayerVariable } from '@tensorflow/tfjs-layers';
import type { LayerCall } from '../layers/interpose-call.ts';
import { inputOf } from './input-of.ts';

/** The layer normalisation of tfjs-layers, with its private fields. */
interface LayerNorm extends layers.Layer {
  readonly axis: number[];
  readonly epsilon: number;
  readonly gamma: LayerVariable | null;
  readonly beta: LayerVariable | null;
}

/**
 * A layer normalisation of the last axis by the fused op, whose gradient takes fewer ops than that of tfjs-layers. Along
 * other axes, it is composed of separate ops where the op of tfjs-layers fails: that op has no gradient without scale or
 * center, and does not support more than four axes.
 */
export function layerNormalization(layer: layers.Layer, next: LayerCall): LayerCall {
  const { axis, epsilon, gamma, beta } = layer as LayerNorm;
  return (inputs, kwargs) => {
    const x = inputOf(inputs);
    const given = { gamma: gamma?.read(), beta: beta?.read() };
    if (axis.length === 1 && axis[0] === x.rank - 1) return layerNorm(x, { ...given, epsilon });
    if (gamma && beta && x.rank <= 4) return next(inputs, kwargs);
    return tf.tidy(() => {
      const { mean, variance } = tf.moments(x, axis, true);
      const shape = x.shape.map((side, at) => (axis.includes(at) ? side : 1));
      const normalized = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
      const scaled = given.gamma ? tf.mul(normalized, tf.reshape(given.gamma, shape)) : normalized;
      return given.beta ? tf.add(scaled, tf.reshape(given.beta, shape)) : scaled;
    });
  };
}

/** A softmax along any axis. tfjs-core supports only the last one. */
export function softmaxAlong(layer: layers.Layer, next: LayerCall): LayerCall {
  const { axis } = layer as layers.Layer & { readonly axis: number | number[] };
  return (inputs, kwargs) => {
    const x = inputOf(inputs);
    const [along = -1, ...others] = [axis].flat();
    if (others.length > 0 || along === -1 || along === x.rank - 1) return next(inputs, kwargs);
    return tf.tidy(() => {
      const mask = kwargs['mask'] as tf.Tensor | null | undefined;
      // As in tfjs-layers for several axes: masked entries get a probability of almost 0.
      const masked = mask ? tf.add(x, tf.mul(tf.sub(1, tf.cast(mask, 'float32')), -1e9)) : x;
      return tf.exp(tf.sub(masked, tf.logSumExp(masked, along, true)));
    });
  };
}
