import * as tf from '@tensorflow/tfjs-core';
import { fillNormal, fillUniform } from '@cantrip/core-tensor-gpu/random';
import type { RandomTensors } from '../plugins/plugin.ts';

/** The random tensors of one step: each stream goes on from draw to draw and knows nothing of the others. */
export function randomTensors(place: { seed: number; step: number }): (stream: string) => RandomTensors {
  const blocks = new Map<string, number>();
  const draw = (stream: string, shape: readonly number[], fill: typeof fillUniform): tf.Tensor => {
    const values = new Float32Array(tf.util.sizeFromShape([...shape]));
    const block = blocks.get(stream) ?? 0;
    blocks.set(stream, fill(values, { ...place, stream, block }));
    return tf.tensor(values, [...shape], 'float32');
  };
  return (stream) => ({
    uniform: (shape, low = 0, high = 1) => tf.add(tf.mul(draw(stream, shape, fillUniform), high - low), low),
    normal: (shape, mean = 0, standardDeviation = 1) =>
      tf.add(tf.mul(draw(stream, shape, fillNormal), standardDeviation), mean),
  });
}
