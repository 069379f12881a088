import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../core/named.ts';
import * as v from 'valibot';
import { atLeastZero, belowOne } from '../core/common-options.ts';
import { addWeightDecay } from './add-weight-decay.ts';
import { checkRule, numberOrTensor, ruleOptions } from './check-rule.ts';
import { movingAverage } from './moving-average.ts';
import type { Updated, UpdateOptions } from './update-rule.ts';

const rmspropRuleOptions = ruleOptions({
  decay: v.optional(numberOrTensor(belowOne)),
  epsilon: v.optional(numberOrTensor(atLeastZero)),
  momentum: v.optional(numberOrTensor(belowOne)),
  centered: v.optional(v.boolean()),
});

export interface RmspropUpdateOptions extends UpdateOptions {
  readonly decay?: number | Scalar;
  readonly epsilon?: number | Scalar;
  readonly momentum?: number | Scalar;
  readonly centered?: boolean;
}

/**
 * Computes one update of RMSprop as in `torch.optim.RMSprop`: epsilon is outside the root, the learning rate outside
 * the momentum.
 *
 * ```
 * g = gradient + weightDecay * parameter
 * s = decay * s + (1 - decay) * g^2          a = decay * a + (1 - decay) * g          (a: only if centered)
 * d = g / (sqrt(s - a^2) + epsilon)          b = momentum * b + d                     (b: only with momentum)
 * parameter - learningRate * (momentum ? b : d)
 * ```
 *
 * @param slots - `meanSquare` s, `meanGradient` a, `momentum` b, each of the parameter's shape; missing slots are
 *   zeros
 * @example
 * ```ts
 * const options = { learningRate: tf.scalar(0.01) };
 * rmspropUpdate(tf.tensor1d([1, 1]), tf.tensor1d([5, -0.01]), {}, options).parameter; // [0.9, 1.1]
 * ```
 * @see Tieleman and Hinton, lecture 6.5, https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf
 */
export function rmspropUpdate(
  parameter: Tensor,
  gradient: Tensor,
  slots: NamedTensors,
  options: RmspropUpdateOptions,
): Updated {
  checkRule('rmspropUpdate', { parameter, gradient, slots }, options, rmspropRuleOptions);
  const {
    learningRate,
    weightDecay = 0,
    decay = 0.99,
    epsilon = 1e-8,
    momentum = 0,
    centered = false,
  } = options;
  const zeros = (): Tensor => tf.zerosLike(parameter);
  const decayed = addWeightDecay(gradient, parameter, weightDecay);
  const next: Record<string, Tensor> = {};
  next.meanSquare = movingAverage(slots.meanSquare ?? zeros(), tf.square(decayed), decay);
  let variance = next.meanSquare;
  if (centered) {
    next.meanGradient = movingAverage(slots.meanGradient ?? zeros(), decayed, decay);
    // Rounding can make a variance of nearly zero negative. Its root is NaN in PyTorch.
    variance = tf.maximum(tf.sub(variance, tf.square(next.meanGradient)), 0);
  }
  let direction = tf.div(decayed, tf.add(tf.sqrt(variance), epsilon));
  if (momentum !== 0) {
    direction = tf.add(tf.mul(slots.momentum ?? zeros(), momentum), direction);
    next.momentum = direction;
  }
  return { parameter: tf.sub(parameter, tf.mul(learningRate, direction)), slots: next };
}
