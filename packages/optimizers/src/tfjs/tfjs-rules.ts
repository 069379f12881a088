import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { biasCorrection, movingAverage } from '../rules/moving-average.ts';
import type { UpdateRule } from '../rules/update-rule.ts';

/** The rule of `tf.train.adagrad`: `a += g^2`, `parameter - learningRate * g / sqrt(a + epsilon)`. */
export function adagradRule(options: { initialAccumulatorValue: number; epsilon: number }): UpdateRule {
  // Slots start at zero, so the accumulator's initial value is added where it is used.
  const offset = options.initialAccumulatorValue + options.epsilon;
  return {
    elementwise: true,
    slots: { accumulator: 'parameter' },
    update: (parameter, gradient, slots, { learningRate }) => {
      const accumulator = tf.add(given(slots.accumulator), tf.square(gradient));
      const direction = tf.div(gradient, tf.sqrt(tf.add(accumulator, offset)));
      return { parameter: tf.sub(parameter, tf.mul(learningRate, direction)), slots: { accumulator } };
    },
  };
}

/**
 * The rule of `tf.train.adadelta`. Unlike the paper, it divides by the mean square from *before* this gradient: `d =
 * g * sqrt(u + epsilon) / sqrt(s + epsilon)`. Then `s` and `u` are updated with `g^2` and `d^2`.
 */
export function adadeltaRule({ rho, epsilon }: { rho: number; epsilon: number }): UpdateRule {
  return {
    elementwise: true,
    slots: { meanSquare: 'parameter', meanUpdate: 'parameter' },
    update: (parameter, gradient, slots, { learningRate }) => {
      const meanSquare = given(slots.meanSquare);
      const meanUpdate = given(slots.meanUpdate);
      const ratio = tf.div(tf.sqrt(tf.add(meanUpdate, epsilon)), tf.sqrt(tf.add(meanSquare, epsilon)));
      const direction = tf.mul(ratio, gradient);
      return {
        parameter: tf.sub(parameter, tf.mul(learningRate, direction)),
        slots: {
          meanSquare: movingAverage(meanSquare, tf.square(gradient), rho),
          meanUpdate: movingAverage(meanUpdate, tf.square(direction), rho),
        },
      };
    },
  };
}

/**
 * The rule of `tf.train.adamax`: `m = beta1 * m + (1 - beta1) * g`, `u = max(beta2 * u, |g|)` and `parameter -
 * learningRate / (1 + decay * step) / (1 - beta1^(step + 1)) * m / (u + epsilon)`.
 */
export function adamaxRule(options: {
  beta1: number;
  beta2: number;
  epsilon: number;
  decay: number;
}): UpdateRule {
  const { beta1, beta2, epsilon, decay } = options;
  return {
    elementwise: true,
    slots: { firstMoment: 'parameter', infinityNorm: 'parameter', step: 'scalar' },
    update: (parameter, gradient, slots, { learningRate }) => {
      const before = given(slots.step);
      const step = tf.add(before, 1);
      const firstMoment = movingAverage(given(slots.firstMoment), gradient, beta1);
      const infinityNorm = tf.maximum(tf.mul(given(slots.infinityNorm), beta2), tf.abs(gradient));
      const decayed = tf.div(learningRate, tf.add(tf.mul(before, decay), 1));
      const direction = tf.div(firstMoment, tf.add(infinityNorm, epsilon));
      const change = tf.mul(tf.div(decayed, biasCorrection(step, beta1)), direction);
      return { parameter: tf.sub(parameter, change), slots: { firstMoment, infinityNorm, step } };
    },
  };
}

/**
 * The rule of `tf.train.rmsprop`. Unlike in PyTorch, epsilon is inside the root and the learning rate inside the
 * momentum: `b = momentum * b + learningRate * g / sqrt(s + epsilon)`, and if centered `… / sqrt(s - (a^2 +
 * epsilon))`; `parameter - b`.
 */
export function tfjsRmspropRule(options: {
  decay: number;
  momentum: number;
  epsilon: number;
  centered: boolean;
}): UpdateRule {
  const { decay, momentum, epsilon, centered } = options;
  return {
    elementwise: true,
    slots: { meanSquare: 'parameter', momentum: 'parameter', ...(centered && { meanGradient: 'parameter' }) },
    update: (parameter, gradient, slots, { learningRate }) => {
      const meanSquare = movingAverage(given(slots.meanSquare), tf.square(gradient), decay);
      const meanGradient = centered ? movingAverage(given(slots.meanGradient), gradient, decay) : undefined;
      const variance = meanGradient
        ? tf.sub(meanSquare, tf.add(tf.square(meanGradient), epsilon))
        : tf.add(meanSquare, epsilon);
      const change = tf.div(tf.mul(gradient, learningRate), tf.sqrt(variance));
      const buffer = tf.add(tf.mul(given(slots.momentum), momentum), change);
      return {
        parameter: tf.sub(parameter, buffer),
        slots: { meanSquare, momentum: buffer, ...(meanGradient && { meanGradient }) },
      };
    },
  };
}

/** Returns a slot that the rule itself declared. */
function given(slot: Tensor | undefined): Tensor {
  return slot as Tensor;
}
