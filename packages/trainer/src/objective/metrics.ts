import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { CantripError, parseOptions } from '@cantrip/errors';
import { isOneUnit } from './class-targets.ts';
import { binaryShare, checkAnswers, fromOption } from './binary-accuracy.ts';
import { checkAccuracy } from './check-accuracy.ts';
import { areIndices, checkClassCount, checkClassTargets } from './class-targets.ts';
import type { Metric } from './metric.ts';
import { alongside, measureAll, type Measured, quotient } from './measured.ts';

/**
 * Checks that no two figures are logged with the same name.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkLogNames(names: readonly string[]): void {
  const all = names.flatMap((name) => [name, `validation_${name}`]);
  const twice = all.find((name, at) => all.indexOf(name) !== at);
  if (twice === undefined) return;
  throw new CantripError('OPTION_INVALID', {
    who: 'createTrainer',
    what: `each figure must have its own name, but two are called ${twice}`,
    fix: "Rename one of them, for example { ...accuracy(), name: 'strict' }",
  });
}

export interface ClassMetricOptions {
  /** The class index to ignore, e.g. -100 in padded targets; none by default. */
  readonly ignoreIndex?: number;
}

/** Labels are int32, so the ignored index must be an int32 number. */
const ignoreIndexOption = v.optional(
  v.pipe(v.number(), v.safeInteger(), v.minValue(-(2 ** 31)), v.maxValue(2 ** 31 - 1)),
);
const accuracyOptions = v.strictObject({ ignoreIndex: ignoreIndexOption, from: fromOption });

export interface AccuracyOptions extends ClassMetricOptions {
  /**
   * The kind of a single output unit. `logits` mean yes above 0, `probabilities` above 0.5. `logits` by default;
   * ignored with several units.
   */
  readonly from?: 'logits' | 'probabilities';
}

/**
 * The share of examples whose highest output is the target's class. With one unit, which answers yes or no, the share
 * of correct answers.
 *
 * Outputs `[…, K]`; targets `[…]` int32 or `[…, K]`. The result is 0 if no target counts.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * accuracy().compute(tf.tensor1d([1, 0], 'int32'), tf.tensor2d([[0, 1], [0, 1]])); // 0.5
 * accuracy().compute(tf.tensor2d([[1], [0]]), tf.tensor2d([[3], [2]])); // 0.5
 * ```
 */
export function accuracy(options: AccuracyOptions = {}): Metric {
  const { ignoreIndex, from } = parseOptions('accuracy', accuracyOptions, options);
  const ofClasses = shareOf(ignoreIndex, (classes, outputs) => tf.equal(classes, tf.argMax(outputs, -1)));
  const ofAnswers = binaryShare({ from, threshold: 0.5, ignoreIndex });
  const measure: NonNullable<Metric['measure']> = (targets, outputs, weights) =>
    (isOneUnit(outputs.shape) ? ofAnswers : ofClasses).measure(targets, outputs, weights);
  return {
    measure,
    compute: (targets, outputs) => quotient(measure(targets, outputs)),
    name: 'accuracy',
    ignoreIndex,
    check(shapes) {
      if (!isOneUnit(shapes.outputShape)) return checkClassTargets('accuracy', shapes);
      checkAnswers('accuracy', shapes);
    },
    checkLoss: (loss, shapes) => checkAccuracy(loss, shapes, from),
  };
}

export interface TopKOptions extends ClassMetricOptions {
  /** The number of outputs to consider: at least 1, at most the number of classes; 5 by default. */
  readonly k?: number;
}

const topKOptions = v.strictObject({
  k: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 5),
  ignoreIndex: ignoreIndexOption,
});

/**
 * The share of examples whose class is among the `k` highest outputs. If outputs are equal, the lower class comes
 * first.
 *
 * The result is 0 if no target counts.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * topK({ k: 2 }).compute(tf.tensor1d([2], 'int32'), tf.tensor2d([[3, 1, 2]])); // 1
 * ```
 */
export function topK(options: TopKOptions = {}): Metric {
  const { k, ignoreIndex } = parseOptions('topK', topKOptions, options);
  return {
    ...shareOf(ignoreIndex, (classes, outputs) => {
      const indices = tf.topk(outputs, Math.min(k, outputs.shape.at(-1)!)).indices;
      return tf.any(tf.equal(indices, tf.expandDims(classes, -1)), -1);
    }),
    name: `top${k}`,
    ignoreIndex,
    check: (shapes) => {
      checkClassTargets('topK', shapes);
      checkClassCount('topK', shapes);
      parseOptions('topK', v.object({ k: v.pipe(v.number(), v.maxValue(shapes.outputShape.at(-1)!)) }), {
        k,
      });
    },
  };
}

/** The share of hits among the targets that count. */
function shareOf(
  ignoreIndex: number | undefined,
  hitsOf: (classes: tf.Tensor, outputs: tf.Tensor) => tf.Tensor,
): Required<Pick<Metric, 'compute' | 'measure'>> {
  const measure = (targets: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor): Measured => {
    const classes = classOf(targets, outputs);
    const hits = tf.cast(hitsOf(classes, outputs), 'float32');
    if (ignoreIndex === undefined) return measureAll(hits, weights);
    const counts = tf.cast(tf.notEqual(classes, tf.scalar(ignoreIndex, 'int32')), 'float32');
    return measureAll(hits, weights ? tf.mul(counts, alongside(weights, counts)) : counts);
  };
  return { measure, compute: (targets, outputs) => quotient(measure(targets, outputs)) };
}

function classOf(targets: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  return areIndices(targets.shape, outputs.shape) ? tf.cast(targets, 'int32') : tf.argMax(targets, -1);
}
