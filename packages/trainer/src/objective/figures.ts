import * as tf from '@tensorflow/tfjs-core';
import type { Logs, Tensors } from '../plugins/plugin.ts';
import type { Loss } from './loss.ts';
import { type Measured, quotient } from './measured.ts';
import type { Metric } from './metrics.ts';
import { metricName, type Objective, requireScalar, targetsOf } from './objective.ts';

/** What a batch's figures are computed from. */
export interface Measurable {
  readonly targets: Tensors;
  readonly outputs: Tensors;
  /** Examples of the batch. */
  readonly size: tf.Scalar;
}

/** Each figure before its division, by its name in the totals. */
export type Figures = Readonly<Record<string, Measured>>;

/** What is minimised, and what it is made of. */
export interface MeasuredLoss {
  readonly loss: tf.Scalar;
  /** What it was divided by. */
  readonly weight: tf.Scalar | number;
  readonly figures: Figures;
}

/** What an epoch's loss has beside the losses of the outputs: penalties, and what plugins add to it. */
const rest = 'rest';

const lossFigure = (output: string): string => `loss/${output}`;

/** The names of all figures of an objective, in the order in which totals keep them. */
export function figureNames({ losses, metrics }: Objective): readonly string[] {
  return [
    ...losses.map(([output]) => lossFigure(output)),
    rest,
    ...metrics.map(([output, metric]) => metricName(output, metric)),
  ];
}

/** The sum of the losses of all outputs. */
export function measureLoss({ losses }: Objective, given: Measurable): MeasuredLoss {
  const measured = losses.map(
    ([output, loss]) => [lossFigure(output), measureOne('the loss', loss, output, given)] as const,
  );
  const values = measured.map(([, { value }]) => value);
  return {
    loss: values.length === 1 ? values[0]! : tf.addN(values),
    weight: measured.length === 1 ? measured[0]![1].weight : given.size,
    figures: Object.fromEntries(measured),
  };
}

/** Each metric before its division. */
export function measureMetrics({ metrics }: Objective, given: Measurable): Figures {
  return Object.fromEntries(
    metrics.map(([output, metric]) => [
      metricName(output, metric),
      measureOne(`the metric ${metric.name}`, metric, output, given),
    ]),
  );
}

/** What the minimised loss has beside the losses of the outputs, weighed by examples. */
export function measureRest(minimised: tf.Scalar, plain: tf.Scalar, size: tf.Scalar): Figures {
  return { [rest]: { sum: tf.mul(tf.sub(minimised, plain), size), weight: size } };
}

/** A loss or a metric: a mean without more counts as often as the batch has examples. */
function measureOne(
  what: string,
  part: Loss | Metric,
  output: string,
  given: Measurable,
): Measured & { readonly value: tf.Scalar } {
  const { target, result } = targetsOf(given, output);
  if (part.measure) {
    const measured = part.measure(target, result);
    return { ...measured, value: quotient(measured) };
  }
  const value = requireScalar(what, part.compute(target, result));
  return { sum: tf.mul(value, given.size), weight: given.size, value };
}

/** Sums and weights of a figure over all batches. */
export interface Summed {
  readonly sum: number;
  readonly weight: number;
}

/** What is logged of an epoch: `loss`, and each metric. */
export function logsOf({ losses, metrics }: Objective, summed: (figure: string) => Summed): Logs {
  const loss = losses.reduce(
    (total, [output, { counts }]) => {
      const { sum, weight } = summed(lossFigure(output));
      return total + (counts === 'nothing' ? sum : divided({ sum, weight }));
    },
    divided(summed(rest)),
  );
  const values = metrics.map(([output, metric]) => {
    const name = metricName(output, metric);
    return [name, divided(summed(name))] as const;
  });
  return { loss, ...Object.fromEntries(values) };
}

const divided = ({ sum, weight }: Summed): number => (weight === 0 ? 0 : sum / weight);
