import * as tf from '@tensorflow/tfjs-core';
import { CantripError, describe } from '@cantrip/errors';
import type { Logs } from '../contract/contexts.ts';
import type { Tensors } from '../contract/batch.ts';
import type { Loss } from './loss.ts';
import { exampleWeight, ignoresIn, withoutFilling, withoutLabels } from './counted-examples.ts';
import type { Measurable } from './measurable.ts';
import { type Measured, quotient } from './measured.ts';
import { isTally, type Metric, type TallyFigure, type TallyMetric } from './metric.ts';
import { checkLogNames } from './metrics.ts';
import { loggedLosses, meansOf, metricName, type Objective, talliesOf } from './objective.ts';
import { pick, pickWeights } from './of-output.ts';
import { noteTables } from './tally/tables-of.ts';
import type { Table } from '../contract/table.ts';

/** Each figure as sum and weight, by its name in the totals. */
export type Figures = Readonly<Record<string, Measured>>;

/** The loss that is minimised, and its parts. */
export interface MeasuredLoss {
  readonly loss: tf.Scalar;
  /** The number that the loss was divided by. */
  readonly weight: tf.Scalar | number;
  readonly figures: Figures;
}

/** The part of an epoch's loss beside the losses of the outputs: penalties, and what plugins add. */
const rest = 'loss+';

const lossFigure = (output: string): string => `loss/${output}`;

/** The names of the figures that are a sum and a weight, in the order of the totals. */
export function figureNames(objective: Objective): readonly string[] {
  return [
    ...objective.losses.map(([output]) => lossFigure(output)),
    rest,
    ...meansOf(objective).map(([output, metric]) => metricName(output, metric)),
  ];
}

/** The sum of the losses of all outputs, each multiplied by its weight. */
export function measureLoss({ losses }: Objective, given: Measurable): MeasuredLoss {
  const measured = losses.map(([output, loss, factor]) => {
    const original = given.original && pick(given.original, output);
    const weigh = (weights: tf.Tensor | undefined): tf.Tensor | undefined =>
      withoutOriginallyIgnored(weights, pick(given.targets, output), loss, original);
    const { value, ...figure } = measureOne('loss', loss, output, { ...given, weigh });
    return { name: lossFigure(output), figure, value: factor === 1 ? value : tf.mul(value, factor) };
  });
  const values = measured.map(({ value }) => value as tf.Scalar);
  return {
    loss: values.length === 1 ? values[0]! : tf.addN(values),
    weight: measured.length === 1 ? measured[0]!.figure.weight : given.size,
    figures: Object.fromEntries(measured.map(({ name, figure }) => [name, figure])),
  };
}

/** Each metric that is a mean, as sum and weight. */
export function measureMetrics(objective: Objective, given: Measurable): Figures {
  return Object.fromEntries(
    meansOf(objective).map(([output, metric]) => {
      const weigh = (weights: tf.Tensor | undefined): tf.Tensor | undefined =>
        metric.measure ? withoutIgnored(objective, output, metric, { weights, given }) : weights;
      const { sum, weight } = measureOne(`metric ${metric.name}`, metric, output, { ...given, weigh });
      return [metricName(output, metric), { sum, weight }];
    }),
  );
}

/** What each metric that is totalled on the host adds, in their order. */
export function tallyMetrics(objective: Objective, given: Measurable): tf.Tensor[] {
  return talliesOf(objective).map(([output, metric]) => {
    const outputs = pick(given.outputs, output);
    const weights = pickWeights(given.weights, output);
    const counting = withoutIgnored(objective, output, metric, { weights, given });
    const weighed = withoutFilling(counting, outputs.shape[0]!, given);
    return requireTally(metric.name, metric.tally(pick(given.targets, output), outputs, weighed));
  });
}

/**
 * The part of the minimised loss beside the losses of the outputs, weighted by examples.
 *
 * @param counted - see `countedExamples`
 */
export function measureRest(
  minimised: tf.Scalar,
  plain: tf.Scalar,
  { counted, size }: Pick<Measurable, 'size'> & { readonly counted: Tensors | undefined },
): Figures {
  const weight = exampleWeight(counted, size);
  return { [rest]: { sum: tf.mul(tf.sub(minimised, plain), weight), weight } };
}

/** Measures a loss or a metric. One that returns only a mean is weighted by the number of examples in the batch. */
function measureOne(
  what: string,
  part: Loss | Metric,
  output: string,
  given: Measurable & { weigh(weights: tf.Tensor | undefined): tf.Tensor | undefined },
): Measured & { readonly value: tf.Scalar } {
  const [targets, outputs] = [pick(given.targets, output), pick(given.outputs, output)];
  const weights = given.weigh(pickWeights(given.weights, output));
  if (part.measure) {
    const measured = requireMeasured(
      what,
      part.measure(targets, outputs, withoutFilling(weights, outputs.shape[0]!, given)),
    );
    return { ...measured, value: quotient(measured) };
  }
  const counting = (tensor: tf.Tensor): tf.Tensor =>
    given.cutTo === undefined ? tensor : tf.slice(tensor, 0, given.cutTo);
  if (!weights) {
    const value = requireScalar(what, part.compute(counting(targets), counting(outputs)));
    return { sum: tf.mul(value, given.size), weight: given.size, value };
  }
  if (!('takesWeights' in part) || !part.takesWeights) throw weightsUnread(what, part);
  const factors = tf.cast(counting(weights), 'float32');
  const value = requireScalar(what, part.compute(counting(targets), counting(outputs), factors));
  const weight = tf.sum(factors) as tf.Scalar;
  return { sum: tf.mul(value, weight), weight, value };
}

/** Places that the loss of an output ignores are ignored by its metrics too. */
function withoutIgnored(
  { losses }: Objective,
  output: string,
  part: Metric | TallyMetric,
  { weights, given }: { readonly weights: tf.Tensor | undefined; readonly given: Measurable },
): tf.Tensor | undefined {
  const targets = pick(given.targets, output);
  const ignoreIndex = losses.find(([name]) => name === output)?.[1].ignoreIndex;
  if (ignoreIndex === undefined || ignoreIndex === part.ignoreIndex || targets.dtype !== 'int32')
    return weights;
  return withoutLabels(weights, targets, ignoreIndex);
}

/**
 * The original targets show what the loss ignores. Targets that a plugin changed, such as smoothed ones, no longer
 * show it.
 */
function withoutOriginallyIgnored(
  weights: tf.Tensor | undefined,
  targets: tf.Tensor,
  loss: Loss,
  original: tf.Tensor | undefined,
): tf.Tensor | undefined {
  if (!original || original === targets || !ignoresIn(loss, original)) return weights;
  return withoutLabels(weights, original, loss.ignoreIndex);
}

/** The sum and weight of a figure over all batches. */
export interface Summed {
  readonly sum: number;
  readonly weight: number;
}

/**
 * The logged figures of an epoch: `loss`, each output's loss if there are several, and each metric.
 *
 * @param tallied - returns the figure of a metric that is totalled on the host
 */
export function logsOf(
  objective: Objective,
  summed: (figure: string) => Summed,
  tallied: (name: string, metric: TallyMetric) => number | TallyFigure,
): Logs {
  const { losses, metrics } = objective;
  const byOutput = new Map(
    losses.map(([output, { counts }]) => {
      const { sum, weight } = summed(lossFigure(output));
      return [output, counts === 'nothing' ? sum : divided({ sum, weight })];
    }),
  );
  const loss = losses.reduce(
    (total, [output, , factor]) => total + factor * byOutput.get(output)!,
    divided(summed(rest)),
  );
  const ofOutputs = loggedLosses(objective).map(
    (output) => [`${output}_loss`, byOutput.get(output)!] as const,
  );
  const tables: Record<string, Table> = {};
  const values = metrics.flatMap(([output, metric]) => {
    const name = metricName(output, metric);
    if (!isTally(metric)) return [[name, divided(summed(name))] as const];
    const figure = tallied(name, metric);
    if (typeof figure === 'number') return [[name, figure] as const];
    if (figure.table) tables[name] = figure.table;
    return Object.entries(figure.numbers ?? {}).map(([part, value]) => [`${name}_${part}`, value] as const);
  });
  const rows = [['loss', loss] as const, ...ofOutputs, ...values];
  // The parts of a figure are known only now.
  if (talliesOf(objective).length > 0) checkLogNames(rows.map(([name]) => name));
  const logs: Logs = Object.fromEntries(rows);
  return noteTables(logs, tables);
}

const divided = ({ sum, weight }: Summed): number => (weight === 0 ? 0 : sum / weight);

/** Checks that a loss or metric returned a scalar. */
function requireScalar(what: string, value: unknown): tf.Scalar {
  const tensor = value instanceof tf.Tensor ? (value as tf.Tensor) : undefined;
  if (tensor?.rank === 0) return tensor as tf.Scalar;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'trainer',
    what: `the ${what} must be a scalar, got ${tensor ? `shape [${tensor.shape.join(', ')}]` : describe(value)}`,
    fix: 'Return a scalar, for example tf.mean(values)',
  });
}

function requireTally(name: string, tallied: unknown): tf.Tensor {
  if (tallied instanceof tf.Tensor && tallied.dtype === 'float32') return tallied as tf.Tensor;
  const got = tallied instanceof tf.Tensor ? `a tensor of ${tallied.dtype}` : describe(tallied);
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'trainer',
    what: `tally of the metric ${name} must return a float32 tensor, got ${got}`,
    fix: "Return one tensor, for example tf.cast(tf.stack(values), 'float32')",
  });
}

function requireMeasured(what: string, measured: Measured): Measured {
  const weight: unknown = (measured as Partial<Measured> | undefined)?.weight;
  requireScalar(`sum of the ${what}`, (measured as Partial<Measured> | undefined)?.sum);
  if (typeof weight !== 'number') requireScalar(`weight of the ${what}`, weight);
  return measured;
}

function weightsUnread(what: string, part: Loss | Metric): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'trainer',
    what: `the batch has weights, but the ${what === 'loss' ? `loss ${part.name}` : what} does not accept weights`,
    fix:
      what === 'loss'
        ? 'Add a third parameter for the weights to the loss, or remove weights from the batch'
        : 'Add measure(targets, outputs, weights) to the metric, or remove weights from the batch',
  });
}
