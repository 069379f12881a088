import { softmaxCrossEntropyWithLogits } from '@cantrip/core-tensor-gpu/fused';
import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import { checkClassTargets, classTargets, sameSizes } from './class-targets.ts';
import type { Fit, Loss } from './loss.ts';
import { measureAll, type Measured, quotient } from './measured.ts';

/**
 * Cross-entropy between logits and class indices, one-hot or soft targets: the mean over all but the last axis of
 * `-sum_k targets_k * log_softmax(logits)_k`.
 *
 * Logits `[…, K]`; targets `[…]` int32 or `[…, K]` float. The gradient with respect to the logits stays correct on
 * saturated outputs, where the loss of tfjs-layers has none.
 *
 * @example
 * ```ts
 * softmaxCrossEntropy().compute(tf.tensor1d([1], 'int32'), tf.tensor2d([[0, 0]])); // 0.6931472 = ln 2
 * ```
 */
export function softmaxCrossEntropy(): Loss {
  const name = 'softmaxCrossEntropy';
  return {
    ...meanOf((targets, outputs) => softmaxCrossEntropyWithLogits(outputs, classTargets(targets, outputs))),
    name,
    check: (fit) => checkClassTargets(name, fit),
    classes: (outputShape) => outputShape.at(-1)!,
  };
}

/**
 * Binary cross-entropy between logits and targets in [0, 1]: the mean of `softplus(z) - targets * z`.
 *
 * @example
 * ```ts
 * sigmoidCrossEntropy().compute(tf.tensor1d([1]), tf.tensor1d([0])); // 0.6931472 = ln 2
 * ```
 */
export function sigmoidCrossEntropy(): Loss {
  const name = 'sigmoidCrossEntropy';
  return {
    ...meanOf((targets, outputs) =>
      tf.sub(tf.softplus(outputs), tf.mul(tf.cast(targets, 'float32'), outputs)),
    ),
    name,
    check: (fit) => checkSameShape(name, fit),
  };
}

/**
 * The mean of `(outputs - targets)^2`; both have the same shape.
 *
 * @example
 * ```ts
 * meanSquaredError().compute(tf.tensor1d([1, 2]), tf.tensor1d([1, 4])); // 2
 * ```
 */
export function meanSquaredError(): Loss {
  const name = 'meanSquaredError';
  return {
    ...meanOf((targets, outputs) => tf.squaredDifference(outputs, tf.cast(targets, 'float32'))),
    name,
    check: (fit) => checkSameShape(name, fit),
  };
}

/** The mean of what a function gives for each place. */
function meanOf(
  lossesOf: (targets: tf.Tensor, outputs: tf.Tensor) => tf.Tensor,
): Required<Pick<Loss, 'compute' | 'measure'>> {
  const measure = (targets: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor): Measured =>
    measureAll(lossesOf(targets, outputs), weights);
  return { measure, compute: (targets, outputs) => quotient(measure(targets, outputs)) };
}

function checkSameShape(who: string, { targetShape, outputShape }: Fit): void {
  if (sameSizes(targetShape, outputShape)) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `targets of shape [${targetShape.join(', ')}] do not fit outputs of shape [${outputShape.join(', ')}]`,
    fix: 'Give both the same shape; a [n] that should be [n, 1] would be broadcast to [n, n]',
  });
}
