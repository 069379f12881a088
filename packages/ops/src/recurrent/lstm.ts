import { floatTensorCheck, optional, readOptions } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { gateProduct } from './gate-product.ts';
import {
  gateActivations,
  masked,
  requireSequence,
  sequenceChecks,
  type SequenceOptions,
  sequenceOf,
  transposed,
} from './sequence.ts';

export interface LstmOptions extends SequenceOptions {
  /** The hidden state before the first step, `[batch, units]`; 0 by default. */
  readonly initialHidden?: tf.Tensor | undefined;
  /** The cell before the first step, `[batch, units]`; 0 by default. */
  readonly initialCell?: tf.Tensor | undefined;
}

export type LstmResult = {
  /** The hidden states of all steps, `[batch, steps, units]`. */
  readonly outputs: tf.Tensor;
  /** The hidden state after the last step, `[batch, units]`. */
  readonly hidden: tf.Tensor;
  /** The cell after the last step, `[batch, units]`. */
  readonly cell: tf.Tensor;
};

/**
 * A long short-term memory over a sequence, with few ops in each step: one product for inputs, bias and all gates.
 *
 * `c' = f * c + i * tanh(g)` and `h' = o * tanh(c')`, where `[i, f, g, o] = x kernel + h recurrentKernel + bias` and
 * i, f and o go through the recurrent activation. This is the order of the gates in TensorFlow.js, Keras and PyTorch.
 * PyTorch has two biases; give their sum.
 *
 * It has gradients with respect to inputs, weights and states, and can be differentiated again.
 *
 * @param inputs - float32 `[batch, steps, features]`
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH or DTYPE_MISMATCH
 * @example
 * ```ts
 * const one = tf.ones([1, 4]);
 * lstm(tf.ones([1, 2, 1]), { kernel: one, recurrentKernel: one }).hidden; // [[0.7391]]
 * ```
 * @see Hochreiter and Schmidhuber, Long short-term memory, https://doi.org/10.1162/neco.1997.9.8.1735
 */
export function lstm(inputs: tf.Tensor, options: LstmOptions): LstmResult {
  const { recurrentActivation } = readOptions('lstm', optionChecks, options);
  const { initialHidden, initialCell } = options;
  const units = requireSequence('lstm', inputs, options, 4, { initialHidden, initialCell });
  const activate = gateActivations[recurrentActivation];
  return tf.tidy(() => {
    const { weights, steps, masks } = transposed(inputs, options, [[0, 1, 3, 2]]);
    const none = tf.zeros([units, inputs.shape[0]!]);
    let hidden = initialHidden ? tf.transpose(initialHidden) : none;
    let cell = initialCell ? tf.transpose(initialCell) : none;
    const states = steps.map((step, at) => {
      const sums = gateProduct(weights[0]!, step, hidden);
      const [open, candidate] = tf.split(sums, [3 * units, units], 0) as [tf.Tensor, tf.Tensor];
      const [input, forget, output] = tf.split(activate(open), 3, 0) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const next = tf.add(tf.mul(forget, cell), tf.mul(input, tf.tanh(candidate)));
      hidden = masked(masks?.[at], tf.mul(output, tf.tanh(next)), hidden);
      cell = masked(masks?.[at], next, cell);
      return hidden;
    });
    return { outputs: sequenceOf(states), hidden: tf.transpose(hidden), cell: tf.transpose(cell) };
  });
}

const optionChecks = {
  ...sequenceChecks,
  initialHidden: optional(floatTensorCheck),
  initialCell: optional(floatTensorCheck),
};
