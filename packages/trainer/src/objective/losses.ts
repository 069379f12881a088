import { logitsOfProbabilities, softmaxCrossEntropyWithLogits } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { CantripError, parseOptions } from '@cantrip/errors';
import { fromOption } from './binary-accuracy.ts';
import { checkClassCount, checkClassTargets, classTargets, sameSizes } from './class-targets.ts';
import type { Loss, ShapesToCheck } from './loss.ts';
import { alongside, measureAll, type Measured, quotient } from './measured.ts';

export interface SoftmaxCrossEntropyOptions {
  /**
   * One weight for each class, at least 0; all 1 by default. As in PyTorch, a mean over class indices is divided by
   * the sum of the weights of the true classes. A mean over soft targets is divided by their number.
   */
  readonly classWeights?: readonly number[];
  /** The kind of the outputs: `logits`, or `probabilities` if the model ends in a softmax; `logits` by default. */
  readonly from?: 'logits' | 'probabilities';
}

const softmaxOptions = v.strictObject({
  classWeights: v.optional(
    v.pipe(
      v.array(v.pipe(v.number(), v.finite(), v.minValue(0))),
      v.minLength(2, 'must have one weight for each class'),
    ),
  ),
  from: fromOption,
});

/**
 * Loss of a trainer: cross-entropy between logits and class indices, one-hot or soft targets. It is the mean over
 * all but the last axis of `-sum_k targets_k * log_softmax(logits)_k`.
 *
 * Logits `[…, K]`; targets `[…]` int32 or `[…, K]` float. The gradient stays correct for saturated outputs, for which
 * the loss of tfjs-layers has no gradient.
 *
 * For label smoothing, an ignored index or a confidence penalty, use `smoothedCrossEntropy` of
 * `@cantrip/label-smoothing`. In your own loop, use `crossEntropy` of the same package.
 *
 * @example
 * ```ts
 * softmaxCrossEntropy().compute(tf.tensor1d([1], 'int32'), tf.tensor2d([[0, 0]])); // 0.6931472 = ln 2
 * ```
 */
export function softmaxCrossEntropy(options: SoftmaxCrossEntropyOptions = {}): Loss {
  const name = 'softmaxCrossEntropy';
  const { classWeights, from } = parseOptions(name, softmaxOptions, options);
  return {
    ...meanOf((targets, outputs, weights) => {
      const logits = from === 'logits' ? outputs : logitsOfProbabilities(outputs, 'softmax');
      const perClass = classWeights && tf.tensor1d([...classWeights]);
      const classes = classTargets(targets, outputs);
      if (!perClass) return [softmaxCrossEntropyWithLogits(logits, classes), weights];
      if (classes.dtype !== 'int32') {
        return [softmaxCrossEntropyWithLogits(logits, tf.mul(classes, perClass)), weights];
      }
      // tf.gather would check the indices once more.
      const own = tf.gatherND(perClass, tf.expandDims(classes, -1));
      const factors = weights ? tf.mul(own, alongside(weights, own)) : own;
      return [softmaxCrossEntropyWithLogits(logits, classes), factors];
    }),
    name,
    counts: classWeights && 'labels',
    applies: from === 'logits' ? 'softmax' : undefined,
    answers: 'softmax',
    check(shapes) {
      checkClassTargets(name, shapes);
      checkClassCount(name, shapes, classWeights?.length);
    },
    classes: (outputShape) => outputShape.at(-1)!,
  };
}

export interface SigmoidCrossEntropyOptions {
  /** The kind of the outputs: `logits`, or `probabilities` if the model ends in a sigmoid; `logits` by default. */
  readonly from?: 'logits' | 'probabilities';
}

/**
 * Binary cross-entropy between logits and targets in [0, 1]: the mean of `softplus(z) - targets * z`.
 *
 * @example
 * ```ts
 * sigmoidCrossEntropy().compute(tf.tensor1d([1]), tf.tensor1d([0])); // 0.6931472 = ln 2
 * ```
 */
export function sigmoidCrossEntropy(options: SigmoidCrossEntropyOptions = {}): Loss {
  const name = 'sigmoidCrossEntropy';
  const { from } = parseOptions(name, v.strictObject({ from: fromOption }), options);
  return {
    ...meanOf((targets, outputs, weights) => {
      const logits = from === 'logits' ? outputs : logitsOfProbabilities(outputs, 'sigmoid');
      return [tf.sub(tf.softplus(logits), tf.mul(tf.cast(targets, 'float32'), logits)), weights];
    }),
    name,
    applies: from === 'logits' ? 'sigmoid' : undefined,
    answers: 'sigmoid',
    check: (shapes) => checkSameShape(name, shapes),
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
    ...meanOf((targets, outputs, weights) => [
      tf.squaredDifference(outputs, tf.cast(targets, 'float32')),
      weights,
    ]),
    name,
    isRegression: true,
    check: (shapes) => checkSameShape(name, shapes),
  };
}

type Weighted = readonly [values: tf.Tensor, weights: tf.Tensor | undefined];

/** Makes a loss that is the mean of a function over all places, with their weights. */
function meanOf(
  lossesOf: (targets: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor) => Weighted,
): Required<Pick<Loss, 'compute' | 'measure'>> {
  const measure = (targets: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor): Measured =>
    measureAll(...lossesOf(targets, outputs, weights));
  return { measure, compute: (targets, outputs) => quotient(measure(targets, outputs)) };
}

function checkSameShape(who: string, { targetShape, outputShape }: ShapesToCheck): void {
  if (sameSizes(targetShape, outputShape)) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `targets of shape [${targetShape.join(', ')}] do not match outputs of shape [${outputShape.join(', ')}]`,
    fix: 'Use the same shape for both; [n] beside [n, 1] would be broadcast to [n, n]',
  });
}
