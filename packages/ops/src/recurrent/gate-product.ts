import * as tf from '@tensorflow/tfjs-core';
import { kernelNames } from '../kernels/kernel-names.ts';
import { type OwnKernel, runOwnKernel } from '../kernels/own-kernel.ts';

interface Factors extends Record<string, tf.Tensor> {
  /** `[rows, batch]` */
  readonly step: tf.Tensor;
  /** `[units, batch]` */
  readonly hidden: tf.Tensor;
  /** `[gates, rows + units]` */
  readonly weights: tf.Tensor;
}

/**
 * The product of a step's weights with its inputs above its state. Its gradient multiplies for the inputs only if they
 * need one. That of tfjs-core always does, because they are one matrix with the state.
 */
const gateProductKernel: OwnKernel<Factors> = {
  name: kernelNames.gateProduct,
  inputsToSave: ['step', 'hidden', 'weights'],
  composed: ({ step, hidden, weights }) => [tf.matMul(weights, tf.concat([step, hidden], 0))],
  gradient([given], saved) {
    const dy = given!;
    const [step, hidden, weights] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const rows = step.shape[0]!;
    return {
      step: () => tf.matMul(tf.slice(weights, [0, 0], [-1, rows]), dy, true),
      hidden: () => tf.matMul(tf.slice(weights, [0, rows]), dy, true),
      weights: () => tf.matMul(dy, tf.concat([step, hidden], 0), false, true),
    };
  },
};

/** `weights [step; hidden]`, `[gates, batch]`. */
export function gateProduct(weights: tf.Tensor, step: tf.Tensor, hidden: tf.Tensor): tf.Tensor {
  return runOwnKernel(gateProductKernel, { step, hidden, weights })[0]!;
}
