import { CantripError, describe } from '@cantrip/errors';
import type { Loss, LossFunction, LossOption } from './loss.ts';
import { checkLossWeights } from './loss-weights.ts';
import { isNamed } from '../forms/examples.ts';
import { refuseUncalled } from '../checks/uncalled-factory.ts';
import { requirePlainFunction } from '../checks/plain-function.ts';
import { checkLossParts, checkMetricParts } from './check-figure-parts.ts';
import { factories } from './factories.ts';
import { isTally, type Metric, type MetricsOption, type TallyMetric } from './metric.ts';
import { checkLogNames } from './metrics.ts';
import { SINGLE } from '../contract/tensor-trees.ts';

/** Losses and metrics, each with its output. */
export interface Objective {
  /** The weight is the factor of the loss in the sum of all losses. */
  readonly losses: readonly (readonly [output: string, loss: Loss, weight: number])[];
  readonly metrics: readonly (readonly [output: string, metric: Metric | TallyMetric])[];
  /** Outputs with the loss `null`. */
  readonly untrained: readonly string[];
}

export interface ObjectiveOptions {
  readonly loss: LossOption;
  readonly metrics?: MetricsOption | undefined;
  readonly lossWeights?: Readonly<Record<string, number>> | undefined;
}

/**
 * Collects losses and metrics by output.
 *
 * @throws CantripError OPTION_INVALID
 */
export function objectiveOf({ loss, metrics = [], lossWeights }: ObjectiveOptions): Objective {
  refuseUncalled('loss', loss, factories);
  const given: Readonly<Record<string, unknown>> = isLoss(loss) ? { [SINGLE]: loss } : loss;
  if (typeof given !== 'object' || given === null || Object.keys(given).length === 0) {
    throw invalid(
      'loss',
      'must be a loss, a function of targets and outputs, or one of these for each output',
      loss,
    );
  }
  const weights = checkLossWeights(lossWeights, Object.keys(given));
  const losses = Object.entries(given).flatMap(([output, entry]) => {
    if (entry === null && output !== SINGLE) return [];
    refuseUncalled('loss', entry, factories);
    if (!isLoss(entry)) throw invalid('loss', 'must be a loss or a function of targets and outputs', entry);
    const path = output === SINGLE ? 'loss' : `loss.${output}`;
    requirePlainFunction(path, entry);
    if (typeof entry === 'object') checkLossParts(path, entry);
    return [[output, asLoss(entry), Object.hasOwn(weights, output) ? weights[output]! : 1] as const];
  });
  if (losses.length === 0) throw invalid('loss', 'must have a loss for at least one output', loss);
  const objective = {
    losses,
    metrics: metricsOf(metrics),
    untrained: Object.keys(given).filter((output) => given[output] === null),
  };
  checkLogNames(logNames(objective));
  return objective;
}

/** The name in the logs of a metric: `accuracy`, `digit_accuracy`. */
export const metricName = (output: string, metric: Metric | TallyMetric): string =>
  output === SINGLE ? metric.name : `${output}_${metric.name}`;

/** The metrics that are a sum divided by a weight. */
export const meansOf = ({ metrics }: Objective): readonly (readonly [string, Metric])[] =>
  metrics.flatMap(([output, metric]) => (isTally(metric) ? [] : [[output, metric] as const]));

/** The metrics that are totalled on the host. */
export const talliesOf = ({ metrics }: Objective): readonly (readonly [string, TallyMetric])[] =>
  metrics.flatMap(([output, metric]) => (isTally(metric) ? [[output, metric] as const] : []));

/** The outputs whose losses are logged separately: `digit_loss`. */
export function loggedLosses({ losses }: Objective): readonly string[] {
  return losses.length > 1 ? losses.map(([output]) => output) : [];
}

function logNames(objective: Objective): string[] {
  return [
    'loss',
    ...loggedLosses(objective).map((output) => `${output}_loss`),
    ...objective.metrics.map(([output, metric]) => metricName(output, metric)),
  ];
}

function metricsOf(metrics: MetricsOption): Objective['metrics'] {
  refuseUncalled('metrics', metrics, factories);
  const byOutput: unknown = Array.isArray(metrics) ? { [SINGLE]: metrics as unknown } : metrics;
  if (!isNamed(byOutput) || 'compute' in byOutput) {
    throw invalid('metrics', 'must be an array of metrics, or one array for each output', metrics);
  }
  return Object.entries(byOutput).flatMap(([output, list]: [string, unknown]) => {
    refuseUncalled('metrics', list, factories);
    if (!Array.isArray(list)) throw invalid('metrics', `must have an array for ${output}`, list);
    const path = output === SINGLE ? 'metrics' : `metrics.${output}`;
    return list.map(
      (metric: unknown, index) => [output, requireMetric(`${path}[${index}]`, metric)] as const,
    );
  });
}

function isLoss(value: unknown): value is Loss | LossFunction {
  return (
    typeof value === 'function' ||
    (typeof value === 'object' && value !== null && typeof (value as Loss).compute === 'function')
  );
}

function asLoss(loss: Loss | LossFunction): Loss {
  if (typeof loss !== 'function') return loss;
  return { name: loss.name || 'loss', compute: loss, takesWeights: loss.length >= 3 };
}

function requireMetric(path: string, metric: unknown): Metric | TallyMetric {
  refuseUncalled('metrics', metric, factories);
  if (typeof metric === 'object' && metric !== null) {
    const { compute, tally } = metric as Partial<Metric & TallyMetric>;
    if (typeof compute === 'function' || typeof tally === 'function') {
      checkMetricParts(path, metric as Metric | TallyMetric);
      return metric as Metric | TallyMetric;
    }
  }
  throw invalid('metrics', 'must contain metrics such as accuracy()', metric);
}

function invalid(option: string, expectation: string, received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'createTrainer',
    what: `${option} ${expectation}, got ${describe(received)}`,
    fix: option === 'loss' ? 'Write loss: softmaxCrossEntropy()' : 'Write metrics: [accuracy()]',
  });
}
