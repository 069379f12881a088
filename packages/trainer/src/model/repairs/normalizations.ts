import * as tf from '@tensorflow/tfjs-core';
import type { layers, LayerVariable } from '@tensorflow/tfjs-layers';
import type { LayerCall } from '../layers/interpose-call.ts';
import { inputOf } from './input-of.ts';

/** tfjs-layers' layer normalisation, with the fields that its type keeps private. */
interface LayerNorm extends layers.Layer {
  readonly axis: number[];
  readonly epsilon: number;
  readonly gamma: LayerVariable | null;
  readonly beta: LayerVariable | null;
}

/**
 * A layer normalisation in ops of their own where the op that tfjs-layers takes does not do: it has no gradient without
 * scale or center, and no form for more than four axes.
 */
export function layerNormalization(layer: layers.Layer, next: LayerCall): LayerCall {
  const { axis, epsilon, gamma, beta } = layer as LayerNorm;
  return (inputs, kwargs) => {
    const x = inputOf(inputs);
    if (gamma && beta && x.rank <= 4) return next(inputs, kwargs);
    return tf.tidy(() => {
      const { mean, variance } = tf.moments(x, axis, true);
      const shape = x.shape.map((side, at) => (axis.includes(at) ? side : 1));
      const normalized = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
      const scaled = gamma ? tf.mul(normalized, tf.reshape(gamma.read(), shape)) : normalized;
      return beta ? tf.add(scaled, tf.reshape(beta.read(), shape)) : scaled;
    });
  };
}

/** A softmax along any axis; tfjs-core has it along the last. */
export function softmaxAlong(layer: layers.Layer, next: LayerCall): LayerCall {
  const { axis } = layer as layers.Layer & { readonly axis: number | number[] };
  return (inputs, kwargs) => {
    const x = inputOf(inputs);
    const [along = -1, ...others] = [axis].flat();
    if (others.length > 0 || along === -1 || along === x.rank - 1) return next(inputs, kwargs);
    return tf.tidy(() => {
      const mask = kwargs['mask'] as tf.Tensor | null | undefined;
      // As tfjs-layers has it for several axes: what is masked gets a share of nothing.
      const masked = mask ? tf.add(x, tf.mul(tf.sub(1, tf.cast(mask, 'float32')), -1e9)) : x;
      return tf.exp(tf.sub(masked, tf.logSumExp(masked, along, true)));
    });
  };
}
