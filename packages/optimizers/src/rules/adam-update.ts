import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../core/named.ts';
import * as v from 'valibot';
import { atLeastZero, belowOne } from '../core/common-options.ts';
import { addWeightDecay } from './add-weight-decay.ts';
import { checkRule, numberOrTensor, ruleOptions } from './check-rule.ts';
import { biasCorrection, movingAverage } from './moving-average.ts';
import type { Updated, UpdateOptions } from './update-rule.ts';

/** The options of Adam's rules. */
export const adamRuleOptions: v.GenericSchema = ruleOptions({
  beta1: v.optional(numberOrTensor(belowOne)),
  beta2: v.optional(numberOrTensor(belowOne)),
  epsilon: v.optional(numberOrTensor(atLeastZero)),
});

export interface AdamUpdateOptions extends UpdateOptions {
  readonly beta1?: number | Scalar;
  readonly beta2?: number | Scalar;
  readonly epsilon?: number | Scalar;
}

/**
 * Computes one update of Adam. Weight decay is added to the gradient, as in `torch.optim.Adam`.
 *
 * ```
 * g = gradient + weightDecay * parameter
 * m = beta1 * m + (1 - beta1) * g          v = beta2 * v + (1 - beta2) * g^2          t = step + 1
 * parameter - learningRate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * ```
 *
 * @param slots - `firstMoment` m and `secondMoment` v (parameter's shape), `step` (scalar: the number of earlier
 *   updates); missing slots are zeros
 * @example
 * ```ts
 * const options = { learningRate: tf.scalar(0.001) };
 * adamUpdate(tf.tensor1d([1, 1]), tf.tensor1d([5, -0.01]), {}, options).parameter; // [0.999, 1.001]
 * ```
 * @see Kingma and Ba, Adam: a method for stochastic optimization, https://arxiv.org/abs/1412.6980
 */
export function adamUpdate(
  parameter: Tensor,
  gradient: Tensor,
  slots: NamedTensors,
  options: AdamUpdateOptions,
): Updated {
  checkRule('adamUpdate', { parameter, gradient, slots }, options, adamRuleOptions);
  return adamStep(parameter, gradient, slots, options);
}

/** Does the same as {@link adamUpdate}, for checked options. */
export function adamStep(
  parameter: Tensor,
  gradient: Tensor,
  slots: NamedTensors,
  options: AdamUpdateOptions,
): Updated {
  const { learningRate, weightDecay = 0, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { firstMoment = tf.zerosLike(parameter), secondMoment = tf.zerosLike(parameter) } = slots;
  const decayed = addWeightDecay(gradient, parameter, weightDecay);
  const step = tf.add(slots.step ?? tf.scalar(0), 1);
  const first = movingAverage(firstMoment, decayed, beta1);
  const second = movingAverage(secondMoment, tf.square(decayed), beta2);
  const scale = tf.add(tf.sqrt(tf.div(second, biasCorrection(step, beta2))), epsilon);
  const rate = tf.div(learningRate, biasCorrection(step, beta1));
  return {
    parameter: tf.sub(parameter, tf.mul(rate, tf.div(first, scale))),
    slots: { firstMoment: first, secondMoment: second, step },
  };
}
