import { weightedMean } from '@cantrip/ops';
import { namedOrOnly } from '@cantrip/plugin-kit';
import type { Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { outputOf } from '../smoothing/chosen-outputs.ts';
import { sigmoidEntropy, softmaxEntropy } from '../cross-entropy/entropy.ts';
import type { Activation } from '../smoothing/option-checks.ts';

export interface PenaltyParts {
  readonly confidencePenalty: number | tf.Tensor;
  readonly activation: Activation;
  readonly output: readonly string[] | undefined;
  /** The weights of examples, or of positions in them; all 1 by default. */
  readonly weights?: Tensors | undefined;
}

/** The loss minus `confidencePenalty` times the mean entropy of the chosen outputs. */
export function penalised(loss: tf.Scalar, outputs: Tensors, parts: PenaltyParts): tf.Scalar {
  const { confidencePenalty, activation, output, weights } = parts;
  const entropies = (output ?? [undefined]).map((name) =>
    meanEntropy(outputOf(outputs, name), activation, weights && namedOrOnly(weights, name)),
  );
  return tf.sub(loss, tf.mul(tf.addN(entropies), confidencePenalty));
}

function meanEntropy(logits: tf.Tensor, activation: Activation, weights: tf.Tensor | undefined): tf.Tensor {
  const entropies =
    activation === 'sigmoid'
      ? sigmoidEntropy(logits)
      : tf.reshape(softmaxEntropy(tf.reshape(logits, [-1, logits.shape.at(-1)!])), logits.shape.slice(0, -1));
  return weightedMean(entropies, weights);
}
