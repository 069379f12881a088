import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../core/named.ts';
import { adamRuleOptions, adamStep, type AdamUpdateOptions } from './adam-update.ts';
import { checkRule } from './check-rule.ts';
import type { Updated } from './update-rule.ts';

/**
 * Computes one update of AdamW: Adam, with the weight decay times the learning rate subtracted from the parameter
 * itself.
 *
 * `adamUpdate((1 - learningRate * weightDecay) * parameter, gradient, …)`, as in `torch.optim.AdamW`.
 *
 * @param slots - the same as for {@link adamUpdate}
 * @example
 * ```ts
 * const options = { learningRate: tf.scalar(0.001), weightDecay: 0.1 };
 * adamwUpdate(tf.tensor1d([1, 1]), tf.tensor1d([5, -0.01]), {}, options).parameter; // [0.9989, 1.0009]
 * ```
 * @see Loshchilov and Hutter, Decoupled weight decay regularization, https://arxiv.org/abs/1711.05101
 */
export function adamwUpdate(
  parameter: Tensor,
  gradient: Tensor,
  slots: NamedTensors,
  given: AdamUpdateOptions,
): Updated {
  checkRule('adamwUpdate', { parameter, gradient, slots }, given, adamRuleOptions);
  const { weightDecay = 0, ...options } = given;
  if (weightDecay === 0) return adamStep(parameter, gradient, slots, options);
  // Not parameter * (1 - rate), because in float32 one minus a small rate keeps only a few digits of it.
  const shrunk = tf.sub(parameter, tf.mul(parameter, tf.mul(options.learningRate, weightDecay)));
  return adamStep(shrunk, gradient, slots, options);
}
