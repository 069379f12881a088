import * as tf from '@tensorflow/tfjs-core';
import type { Mixture } from '../contract/batch.ts';
import { type Figures, measureMetrics } from '../objective/figures.ts';
import type { Measurable } from '../objective/measurable.ts';
import { asScalar, type Measured } from '../objective/measured.ts';
import type { Objective } from '../objective/objective.ts';

/**
 * Each metric of a batch as sum and weight. If targets were mixed, the metric is measured on both, and each counts with
 * its share: `share * accuracy(targets) + (1 - share) * accuracy(mixture.targets)`, as the authors of mixup do.
 */
export function measureMixed(objective: Objective, given: Measurable, mixture: Mixture | undefined): Figures {
  const own = measureMetrics(objective, given);
  if (!mixture) return own;
  const other = measureMetrics(objective, { ...given, targets: mixture.targets });
  const blended = Object.entries(own).map(
    ([name, one]) => [name, blend(one, other[name]!, mixture.share)] as const,
  );
  return Object.fromEntries(blended);
}

function blend(own: Measured, other: Measured, share: tf.Scalar): Measured {
  const rest = tf.sub(1, share);
  const between = (one: tf.Scalar, two: tf.Scalar): tf.Scalar =>
    tf.add(tf.mul(one, share), tf.mul(two, rest));
  return {
    sum: between(own.sum, other.sum),
    weight: between(asScalar(own.weight), asScalar(other.weight)),
  };
}
