import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../core/named.ts';
import * as v from 'valibot';
import { belowOne } from '../core/common-options.ts';
import { addWeightDecay } from './add-weight-decay.ts';
import { checkRule, numberOrTensor, ruleOptions } from './check-rule.ts';
import type { Updated, UpdateOptions } from './update-rule.ts';

const sgdRuleOptions = ruleOptions({
  momentum: v.optional(numberOrTensor(belowOne)),
  dampening: v.optional(numberOrTensor(v.pipe(v.number(), v.minValue(0), v.maxValue(1)))),
  nesterov: v.optional(v.boolean()),
});

export interface SgdUpdateOptions extends UpdateOptions {
  readonly momentum?: number | Scalar;
  readonly dampening?: number | Scalar;
  readonly nesterov?: boolean;
}

/**
 * Computes one update of stochastic gradient descent, with momentum as in PyTorch.
 *
 * ```
 * g        = gradient + weightDecay * parameter
 * momentum = momentum * slots.momentum + (1 - dampening) * g      the first time: g
 * d        = nesterov ? g + momentum * slots.momentum : slots.momentum
 * parameter - learningRate * d
 * ```
 *
 * @param slots - `momentum` (parameter's shape) if momentum is used, `step` (scalar: the number of earlier updates)
 *   if dampening is used; missing slots are zeros
 * @example
 * ```ts
 * const options = { learningRate: tf.scalar(0.1), momentum: 0.9 };
 * const first = sgdUpdate(tf.tensor1d([1, 2]), tf.tensor1d([1, 1]), {}, options);
 * // first.parameter: [0.9, 1.9], first.slots.momentum: [1, 1]
 * const second = sgdUpdate(first.parameter, tf.tensor1d([1, 1]), first.slots, options);
 * // second.parameter: [0.71, 1.71], second.slots.momentum: [1.9, 1.9]
 * ```
 * @see Sutskever et al., On the importance of initialization and momentum in deep learning, ICML 2013
 */
export function sgdUpdate(
  parameter: Tensor,
  gradient: Tensor,
  slots: NamedTensors,
  options: SgdUpdateOptions,
): Updated {
  checkRule('sgdUpdate', { parameter, gradient, slots }, options, sgdRuleOptions);
  const { learningRate, weightDecay = 0, momentum = 0, dampening = 0, nesterov = false } = options;
  const decayed = addWeightDecay(gradient, parameter, weightDecay);
  const descend = (direction: Tensor): Tensor => tf.sub(parameter, tf.mul(learningRate, direction));
  if (momentum === 0) return { parameter: descend(decayed), slots: {} };

  const { momentum: previous = tf.zerosLike(parameter), step = tf.scalar(0) } = slots;
  const fresh = dampening === 0 ? decayed : tf.mul(decayed, undampedFirst(step, dampening));
  const buffer = tf.add(tf.mul(previous, momentum), fresh);
  return {
    parameter: descend(nesterov ? tf.add(decayed, tf.mul(buffer, momentum)) : buffer),
    slots: dampening === 0 ? { momentum: buffer } : { momentum: buffer, step: tf.add(step, 1) },
  };
}

/** Returns 1 at the first update and `1 - dampening` afterwards, without reading the count. */
function undampedFirst(step: Tensor, dampening: number | Scalar): Tensor {
  return tf.sub(1, tf.mul(tf.minimum(step, 1), dampening));
}
