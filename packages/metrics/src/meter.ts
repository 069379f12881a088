import { CantripError, describe } from '@cantrip/errors';
import type { Kept, TallyFigure, TallyMetric } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';

/** Measures batch by batch, in any loop. */
export interface Meter {
  /**
   * Adds a batch. It reads the values, and does not dispose the tensors.
   *
   * @param weights - the weights of the examples, or of places in them
   * @throws CantripError SHAPE_MISMATCH, DTYPE_MISMATCH, LABEL_OUT_OF_RANGE
   */
  add(targets: tf.Tensor, outputs: tf.Tensor, weights?: tf.Tensor): Promise<void>;
  /** The figure of all batches so far: a number, or numbers by name and a table. */
  result(): number | TallyFigure;
}

/**
 * Uses a metric of this package without a trainer. The figure is that of all batches together, not the mean of their
 * figures.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const measured = meter(f1());
 * for (const { targets, outputs } of batches) await measured.add(targets, outputs);
 * measured.result(); // 0.83
 * ```
 */
export function meter(metric: TallyMetric): Meter {
  if (typeof (metric as TallyMetric | null | undefined)?.tally !== 'function') {
    throw new CantripError('OPTION_INVALID', {
      who: 'meter',
      what: `metric must be a metric of @cantrip/metrics, got ${describe(metric)}`,
      fix: 'Write meter(f1())',
    });
  }
  let kept: Kept | undefined;
  return {
    async add(targets, outputs, weights) {
      const targetType = targets.dtype === 'int32' ? 'int32' : 'float32';
      metric.check?.({ targetShape: targets.shape, targetType, outputShape: outputs.shape });
      const tallied = tf.tidy(() => metric.tally(targets, outputs, weights));
      try {
        const values = Float32Array.from(await tallied.data());
        kept = metric.add(kept, { values, shape: tallied.shape });
      } finally {
        tallied.dispose();
      }
    },
    result: () => metric.figure(kept),
  };
}
