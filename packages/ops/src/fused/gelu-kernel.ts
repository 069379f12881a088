import * as tf from '@tensorflow/tfjs-core';
import { differentiatedAgain } from '../kernels/differentiated-again.ts';
import { kernelNames } from '../kernels/kernel-names.ts';
import type { OwnKernel } from '../kernels/own-kernel.ts';

interface GeluInputs extends Record<string, tf.Tensor> {
  readonly x: tf.Tensor;
}

/** GELU. Outputs: y, and the share of x that it is. */
export const geluKernel: OwnKernel<GeluInputs> = {
  name: kernelNames.gelu,
  inputsToSave: ['x'],
  outputsToSave: [false, true],
  composed({ x }, { approximate }) {
    const share = shareOf(x, approximate === 1);
    return [tf.mul(x, share), share];
  },
  gradient([dy], saved, { approximate }) {
    const [x, known] = saved as [tf.Tensor, tf.Tensor];
    const slope = approximate === 1 ? logisticSlope : normalSlope;
    return {
      x: () => {
        // The saved share would be a constant in a second derivative.
        const share = differentiatedAgain() ? shareOf(x, approximate === 1) : known;
        return tf.mul(dy!, tf.add(share, slope(x, share)));
      },
    };
  },
};

/** P(X <= x); approximately `sigmoid(x * (a + b * x^2))`, which is the formula with tanh. */
function shareOf(x: tf.Tensor, approximate: boolean): tf.Tensor {
  if (!approximate) return tf.add(tf.mul(tf.erf(tf.mul(x, Math.SQRT1_2)), 0.5), 0.5);
  return tf.sigmoid(tf.mul(x, tf.add(tf.mul(tf.square(x), CUBIC), LINEAR)));
}

/** x times the density of the normal distribution. */
function normalSlope(x: tf.Tensor): tf.Tensor {
  const density = tf.exp(tf.mul(tf.square(x), -0.5));
  return tf.mul(tf.mul(x, density), 1 / Math.sqrt(2 * Math.PI));
}

/** x times the derivative of the logistic share. */
function logisticSlope(x: tf.Tensor, share: tf.Tensor): tf.Tensor {
  const steepness = tf.add(tf.mul(tf.square(x), 3 * CUBIC), LINEAR);
  return tf.mul(tf.mul(x, tf.mul(share, tf.sub(1, share))), steepness);
}

const LINEAR = 2 * Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715 * LINEAR;
