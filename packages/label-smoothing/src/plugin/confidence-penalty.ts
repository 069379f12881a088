import type { Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { outputOf } from '../smoothing/chosen-outputs.ts';
import { sigmoidEntropy, softmaxEntropy } from '../cross-entropy/entropy.ts';
import { masked, quotient } from '../cross-entropy/reduce.ts';
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
    meanEntropy(outputOf(outputs, name), activation, weightsOf(weights, name)),
  );
  return tf.sub(loss, tf.mul(tf.addN(entropies), confidencePenalty));
}

function meanEntropy(logits: tf.Tensor, activation: Activation, weights: tf.Tensor | undefined): tf.Tensor {
  const entropies =
    activation === 'sigmoid'
      ? sigmoidEntropy(logits)
      : tf.reshape(softmaxEntropy(tf.reshape(logits, [-1, logits.shape.at(-1)!])), logits.shape.slice(0, -1));
  if (!weights) return tf.mean(entropies);
  const missing = Array<number>(entropies.rank - weights.rank).fill(1);
  const factors = tf.mul(tf.reshape(weights, [...weights.shape, ...missing]), tf.onesLike(entropies));
  const counting = { counted: tf.notEqual(factors, 0), factors };
  return quotient({
    sum: tf.sum(masked(entropies, counting)),
    weight: tf.sum(factors) as tf.Scalar,
  });
}

function weightsOf(weights: Tensors | undefined, output: string | undefined): tf.Tensor | undefined {
  if (weights === undefined || weights instanceof tf.Tensor) return weights;
  const names = Object.keys(weights);
  return weights[output ?? ''] ?? (names.length === 1 ? weights[names[0]!] : undefined);
}
