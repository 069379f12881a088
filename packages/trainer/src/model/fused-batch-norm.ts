import { batchNormTraining, descendInPlace } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { layers, LayerVariable } from '@tensorflow/tfjs-layers';

/** tfjs-layers' batch normalisation, with the fields that its type keeps private. */
export interface BatchNormLayer extends layers.Layer {
  /** The axis of the channels; may be negative. */
  readonly axis: number;
  readonly epsilon: number;
  readonly momentum: number;
  /** Absent with `scale: false`. */
  readonly gamma?: LayerVariable;
  /** Absent with `center: false`. */
  readonly beta?: LayerVariable;
  readonly movingMean: LayerVariable;
  readonly movingVariance: LayerVariable;
}

/**
 * What a batch normalisation does in training: normalises with the batch's statistics and moves its own towards them,
 * as tfjs-layers does it, but in one op, without gamma or beta too, and for inputs of any rank.
 */
export function trainBatchNorm(layer: BatchNormLayer, inputs: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const { outputs, mean, variance } = batchNormTraining(inputs, {
      gamma: layer.gamma?.read(),
      beta: layer.beta?.read(),
      epsilon: layer.epsilon,
      axis: layer.axis,
    });
    move(layer.movingMean, mean, layer.momentum);
    move(layer.movingVariance, variance, layer.momentum);
    return outputs;
  });
}

/** In the order of tfjs-layers' own arithmetic, so that the bits are the same: a descent along the distance. */
function move(variable: LayerVariable, value: tf.Tensor, momentum: number): void {
  const before = variable.read() as tf.Variable;
  const distance = tf.sub(before, value);
  // Whoever gave the variable a `write` of its own, as freeze-bn does, is to see every change.
  const plain = !Object.hasOwn(variable, 'write');
  if (plain && descendInPlace(before, distance, { learningRate: tf.scalar(1 - momentum) })) return;
  variable.write(tf.sub(before, tf.mul(distance, 1 - momentum)));
}

/** Whether tfjs-layers predicts rightly: it refuses five axes, and wasm and cpu take channels for the last axis. */
export function predictsRightly({ axis }: BatchNormLayer, { rank }: tf.Tensor): boolean {
  return rank <= 4 && (axis === -1 || axis === rank - 1);
}

/** Normalises with the moving statistics, whatever the rank and the axis. */
export function predictBatchNorm(layer: BatchNormLayer, inputs: tf.Tensor): tf.Tensor {
  const axis = layer.axis < 0 ? layer.axis + inputs.rank : layer.axis;
  const shape = inputs.shape.map((size, at) => (at === axis ? size : 1));
  return tf.tidy(() => {
    const scale = tf.rsqrt(tf.add(layer.movingVariance.read(), layer.epsilon));
    const factor = layer.gamma ? tf.mul(scale, layer.gamma.read()) : scale;
    const centred = tf.sub(inputs, tf.reshape(layer.movingMean.read(), shape));
    const scaled = tf.mul(centred, tf.reshape(factor, shape));
    return layer.beta ? tf.add(scaled, tf.reshape(layer.beta.read(), shape)) : scaled;
  });
}
