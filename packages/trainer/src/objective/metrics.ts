import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { parseOptions } from '@cantrip/errors';
import { areIndices, checkClassTargets } from './class-targets.ts';
import type { Fit } from './loss.ts';

/** A figure of merit: the mean over the batch, computed from the true targets. */
export interface Metric {
  readonly name: string;
  compute(targets: tf.Tensor, outputs: tf.Tensor): tf.Scalar;
  check?(fit: Fit): void;
}

/** Metrics of the only output, or of each output by name. */
export type MetricsOption = readonly Metric[] | Readonly<Record<string, readonly Metric[]>>;

/**
 * The share of examples whose highest output is the target's class.
 *
 * Outputs `[…, K]`; targets `[…]` int32 or `[…, K]`.
 *
 * @example
 * ```ts
 * accuracy().compute(tf.tensor1d([1, 0], 'int32'), tf.tensor2d([[0, 1], [0, 1]])); // 0.5
 * ```
 */
export function accuracy(): Metric {
  return {
    name: 'accuracy',
    compute: (targets, outputs) =>
      tf.mean(tf.cast(tf.equal(classOf(targets, outputs), tf.argMax(outputs, -1)), 'float32')) as tf.Scalar,
    check: (fit) => checkClassTargets('accuracy', fit),
  };
}

const topKOptions = v.strictObject({ k: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 5) });

/**
 * The share of examples whose class is among the `k` highest outputs; of equal outputs the lower class comes first.
 *
 * @param options - `k`, 5 by default; at least 1, at most the number of classes
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * topK({ k: 2 }).compute(tf.tensor1d([2], 'int32'), tf.tensor2d([[3, 1, 2]])); // 1
 * ```
 */
export function topK(options: { readonly k?: number } = {}): Metric {
  const { k } = parseOptions('topK', topKOptions, options);
  return {
    name: `top${k}`,
    compute: (targets, outputs) => {
      const indices = tf.topk(outputs, Math.min(k, outputs.shape.at(-1)!)).indices;
      const hit = tf.any(tf.equal(indices, tf.expandDims(classOf(targets, outputs), -1)), -1);
      return tf.mean(tf.cast(hit, 'float32')) as tf.Scalar;
    },
    check: (fit) => {
      checkClassTargets('topK', fit);
      parseOptions('topK', v.object({ k: v.pipe(v.number(), v.maxValue(fit.outputShape.at(-1)!)) }), { k });
    },
  };
}

function classOf(targets: tf.Tensor, outputs: tf.Tensor): tf.Tensor {
  return areIndices(targets.shape, outputs.shape) ? tf.cast(targets, 'int32') : tf.argMax(targets, -1);
}
