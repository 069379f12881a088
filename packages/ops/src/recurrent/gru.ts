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

export interface GruOptions extends SequenceOptions {
  /** The state before the first step, `[batch, units]`; 0 by default. */
  readonly initialHidden?: tf.Tensor | undefined;
}

export type GruResult = {
  /** The states of all steps, `[batch, steps, units]`. */
  readonly outputs: tf.Tensor;
  /** The state after the last step, `[batch, units]`. */
  readonly hidden: tf.Tensor;
};

/**
 * A gated recurrent unit over a sequence, with few ops in each step.
 *
 * `h' = z * h + (1 - z) * tanh(x K + (r * h) R + b)`, where the gates z and r are the recurrent activation of
 * `x K + h R + b`, each with its own part of the kernels, in the order `[z, r, candidate]`. The reset gate r comes
 * before the product, as in the paper, in TensorFlow.js and in Keras with `reset_after=False`. PyTorch and cuDNN
 * apply it after the product, which is another function.
 *
 * It has gradients with respect to inputs, weights and state, and can be differentiated again.
 *
 * @param inputs - float32 `[batch, steps, features]`
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH or DTYPE_MISMATCH
 * @example
 * ```ts
 * const one = tf.ones([1, 3]);
 * gru(tf.ones([1, 2, 1]), { kernel: one, recurrentKernel: one }).hidden; // [[0.3137]]
 * ```
 * @see Cho et al., Learning phrase representations using RNN encoder-decoder, https://arxiv.org/abs/1406.1078
 */
export function gru(inputs: tf.Tensor, options: GruOptions): GruResult {
  const { recurrentActivation } = readOptions('gru', optionChecks, options);
  const { initialHidden } = options;
  const units = requireSequence('gru', inputs, options, 3, { initialHidden });
  const activate = gateActivations[recurrentActivation];
  return tf.tidy(() => {
    const { weights, steps, masks } = transposed(inputs, options, [[0, 1], [2]]);
    const [ofGates, ofCandidate] = weights as [tf.Tensor, tf.Tensor];
    let hidden = initialHidden ? tf.transpose(initialHidden) : tf.zeros([units, inputs.shape[0]!]);
    const states = steps.map((step, at) => {
      const gates = activate(gateProduct(ofGates, step, hidden));
      const [keep, reset] = tf.split(gates, 2, 0) as [tf.Tensor, tf.Tensor];
      const candidate = tf.tanh(gateProduct(ofCandidate, step, tf.mul(reset, hidden)));
      const next = tf.add(candidate, tf.mul(keep, tf.sub(hidden, candidate)));
      hidden = masked(masks?.[at], next, hidden);
      return hidden;
    });
    return { outputs: sequenceOf(states), hidden: tf.transpose(hidden) };
  });
}

const optionChecks = { ...sequenceChecks, initialHidden: optional(floatTensorCheck) };
