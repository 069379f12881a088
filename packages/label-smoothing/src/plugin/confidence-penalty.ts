import type { Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { outputOf } from '../smoothing/chosen-outputs.ts';
import { sigmoidEntropy, softmaxEntropy } from '../cross-entropy/entropy.ts';
import type { Activation } from '../smoothing/option-checks.ts';

/** The loss minus `confidencePenalty` times the mean entropy of the chosen outputs. */
export function penalised(
  loss: tf.Scalar,
  outputs: Tensors,
  {
    confidencePenalty,
    activation,
    output,
  }: {
    readonly confidencePenalty: number | tf.Tensor;
    readonly activation: Activation;
    readonly output: readonly string[] | undefined;
  },
): tf.Scalar {
  const entropies = (output ?? [undefined]).map((name) => meanEntropy(outputOf(outputs, name), activation));
  return tf.sub(loss, tf.mul(tf.addN(entropies), confidencePenalty));
}

function meanEntropy(logits: tf.Tensor, activation: Activation): tf.Tensor {
  if (activation === 'sigmoid') return tf.mean(sigmoidEntropy(logits));
  return tf.mean(softmaxEntropy(tf.reshape(logits, [-1, logits.shape.at(-1)!])));
}
