import { batchNormTraining, descendInPlace } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { layers, LayerVariable } from '@tensorflow/tfjs-layers';

/** The batch normalisation of tfjs-layers, with its private fields. */
export interface BatchNormLayer extends layers.Layer {
  /** The channel axis; may be negative. */
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
 * The training call of a batch normalisation. It normalises with the batch's statistics and moves the layer's
 * statistics towards them, as tfjs-layers does. It uses one op, also without gamma or beta, and for inputs of any
 * rank.
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

/** Uses the order of tfjs-layers' arithmetic, so the bits are the same. */
function move(variable: LayerVariable, value: tf.Tensor, momentum: number): void {
  const before = variable.read() as tf.Variable;
  const distance = tf.sub(before, value);
  // If a variable has its own `write`, as set by freeze-bn, every change must go through it.
  const plain = !Object.hasOwn(variable, 'write');
  if (plain && descendInPlace(before, distance, { learningRate: tf.scalar(1 - momentum) })) return;
  variable.write(tf.sub(before, tf.mul(distance, 1 - momentum)));
}

/**
 * Whether tfjs-layers predicts correctly. It refuses five axes, and on wasm and cpu it assumes that channels are
 * last.
 */
export function predictsRightly({ axis }: BatchNormLayer, { rank }: tf.Tensor): boolean {
  return rank <= 4 && (axis === -1 || axis === rank - 1);
}

/** Normalises with the moving statistics, for any rank and axis. */
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
