import { globalNorm } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { namedFloatTensorsSchema, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { aboveZero } from '../core/common-options.ts';
import type { NamedTensors } from '../core/named.ts';

/**
 * Scales all gradients by one factor, so the norm of all of them together is at most `maxNorm`.
 *
 * `gradient * min(1, maxNorm / (norm + 1e-6))`, as in `torch.nn.utils.clip_grad_norm_`.
 *
 * @param maxNorm - above 0
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * clipByGlobalNorm({ kernel: tf.tensor1d([3, 0]), bias: tf.tensor1d([4]) }, 1); // kernel: [0.6, 0], bias: [0.8]
 * ```
 * @see Pascanu et al., On the difficulty of training recurrent neural networks, https://arxiv.org/abs/1211.5063
 */
export function clipByGlobalNorm(gradients: NamedTensors, maxNorm: number): NamedTensors {
  parseOptions('clipByGlobalNorm', v.object({ gradients: namedFloatTensorsSchema, maxNorm: aboveZero }), {
    gradients,
    maxNorm,
  });
  if (Object.keys(gradients).length === 0) return gradients;
  // Sorted by name, so the order of the object's keys does not change any bit of the sum.
  const sorted = Object.keys(gradients)
    .sort()
    .map((name) => gradients[name] as Tensor);
  return tf.tidy(() => {
    const factor = tf.minimum(tf.div(maxNorm, tf.add(globalNorm(sorted), 1e-6)), 1);
    return mapTensors(gradients, (gradient) => tf.mul(gradient, factor));
  });
}

/**
 * Limits every element of every gradient to `[-maxValue, maxValue]`, as in `torch.nn.utils.clip_grad_value_`.
 *
 * @param maxValue - above 0
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * clipByValue({ kernel: tf.tensor1d([3, -0.2]) }, 0.5); // kernel: [0.5, -0.2]
 * ```
 */
export function clipByValue(gradients: NamedTensors, maxValue: number): NamedTensors {
  parseOptions('clipByValue', v.object({ gradients: namedFloatTensorsSchema, maxValue: aboveZero }), {
    gradients,
    maxValue,
  });
  return tf.tidy(() => mapTensors(gradients, (gradient) => tf.clipByValue(gradient, -maxValue, maxValue)));
}

function mapTensors(tensors: NamedTensors, change: (tensor: Tensor) => Tensor): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, change(tensor)]));
}
