import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { Mixture, Tensors } from '../contract/batch.ts';
import { type Figures, measureMetrics, tallyMetrics } from '../objective/figures.ts';
import type { Measurable } from '../objective/measurable.ts';
import { alongside, asScalar, type Measured } from '../objective/measured.ts';
import { meansOf, type Objective, talliesOf } from '../objective/objective.ts';
import { pick, pickWeights } from '../objective/of-output.ts';

/**
 * Each metric of a batch as sum and weight. If targets were mixed, the metric is measured on both, and each counts with
 * its share: `share * accuracy(targets) + (1 - share) * accuracy(mixture.targets)`, as the authors of mixup do.
 */
export function measureMixed(objective: Objective, given: Measurable, mixture: Mixture | undefined): Figures {
  if (!mixture || meansOf(objective).length === 0) return measureMetrics(objective, given);
  const { targets, share } = mixture;
  const others = { ...given, targets };
  const rest = tf.sub(1, share);
  if (share.rank > 0) return measureByExample(objective, given, others, share as tf.Tensor1D);
  const own = measureMetrics(objective, given);
  const other = measureMetrics(objective, others);
  return merged(own, other, (one, two) => tf.add(tf.mul(one, share), tf.mul(two, rest)));
}

/**
 * What the metrics that are totalled on the host add. If targets were mixed, they add both, and the shares are weights
 * of the examples.
 */
export function tallyMixed(
  objective: Objective,
  given: Measurable,
  mixture: Mixture | undefined,
): readonly tf.Tensor[] {
  const [first] = talliesOf(objective);
  if (!mixture || !first) return tallyMetrics(objective, given);
  const { targets, share } = mixture;
  const rows = pick(given.outputs, first[0]).shape[0]!;
  const shares = (share.rank > 0 ? share : tf.mul(tf.ones([rows]), share)) as tf.Tensor1D;
  const rest = tf.sub(1, shares) as tf.Tensor1D;
  return [
    ...tallyMetrics(objective, { ...given, weights: weighted(objective, given, shares) }),
    ...tallyMetrics(objective, { ...given, targets, weights: weighted(objective, given, rest) }),
  ];
}

/** With a share for each example, the shares are weights of the examples. */
function measureByExample(
  objective: Objective,
  given: Measurable,
  others: Measurable,
  share: tf.Tensor1D,
): Figures {
  const unweighted = meansOf(objective).find(([, { measure }]) => !measure);
  if (unweighted) throw noWeights(unweighted[1].name);
  const own = measureMetrics(objective, { ...given, weights: weighted(objective, given, share) });
  const rest = tf.sub(1, share) as tf.Tensor1D;
  const other = measureMetrics(objective, { ...others, weights: weighted(objective, given, rest) });
  return merged(own, other, tf.add);
}

function weighted({ metrics }: Objective, { weights }: Measurable, share: tf.Tensor1D): Tensors {
  if (weights === undefined) return share;
  const ofOutput = (output: string): tf.Tensor => {
    const own = pickWeights(weights, output);
    return own ? tf.mul(tf.cast(own, 'float32'), alongside(share, own)) : share;
  };
  return Object.fromEntries(metrics.map(([output]) => [output, ofOutput(output)]));
}

function merged(own: Figures, other: Figures, merge: (one: tf.Scalar, two: tf.Scalar) => tf.Scalar): Figures {
  return Object.fromEntries(
    Object.entries(own).map(([name, one]) => [name, both(one, other[name]!, merge)] as const),
  );
}

const both = (
  one: Measured,
  two: Measured,
  merge: (one: tf.Scalar, two: tf.Scalar) => tf.Scalar,
): Measured => ({
  sum: merge(one.sum, two.sum),
  weight: merge(asScalar(one.weight), asScalar(two.weight)),
});

const noWeights = (name: string): CantripError =>
  new CantripError('OPTION_INVALID', {
    who: 'trainer',
    what: `targets are mixed with a share for each example, but the metric ${name} does not accept weights`,
    fix: 'Add measure(targets, outputs, weights) to the metric, or mix with one share for the batch',
  });
