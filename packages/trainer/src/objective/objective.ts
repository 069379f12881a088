import * as tf from '@tensorflow/tfjs-core';
import { CantripError, describe } from '@cantrip/errors';
import { type Described, dtypeOf, entriesOf, SINGLE, type TensorShapes } from '../model/tensor-trees.ts';
import type { Tensors } from '../plugins/plugin.ts';
import type { Loss, LossOption } from './loss.ts';
import type { Metric, MetricsOption } from './metrics.ts';

/** Losses and metrics, each with the output it belongs to. */
export interface Objective {
  readonly losses: readonly (readonly [output: string, loss: Loss])[];
  readonly metrics: readonly (readonly [output: string, metric: Metric])[];
}

/**
 * Losses and metrics by output.
 *
 * @throws CantripError OPTION_INVALID
 */
export function objectiveOf(loss: LossOption, metrics: MetricsOption): Objective {
  const losses = isLoss(loss) ? { [SINGLE]: loss } : loss;
  if (typeof losses !== 'object' || losses === null || Object.keys(losses).length === 0) {
    throw invalid(
      'loss',
      'must be a loss, a function of targets and outputs, or one of these for each output',
      loss,
    );
  }
  for (const entry of Object.values(losses)) {
    if (!isLoss(entry)) throw invalid('loss', 'must be a loss or a function of targets and outputs', entry);
  }
  const byOutput = Array.isArray(metrics) ? { [SINGLE]: metrics as readonly Metric[] } : metrics;
  const listed = Object.entries(byOutput as Readonly<Record<string, readonly Metric[]>>).flatMap(
    ([output, list]) => list.map((metric) => [output, requireMetric(metric)] as const),
  );
  return {
    losses: Object.entries(losses).map(([output, entry]) => [output, asLoss(entry)]),
    metrics: listed,
  };
}

/** The name under which a metric of an output is logged: `accuracy`, `digit_accuracy`. */
export const metricName = (output: string, metric: Metric): string =>
  output === SINGLE ? metric.name : `${output}_${metric.name}`;

/** The target and the result of the model that belong to an output. */
export function targetsOf(
  { targets, outputs }: { readonly targets: Tensors; readonly outputs: Tensors },
  output: string,
): { readonly target: tf.Tensor; readonly result: tf.Tensor } {
  return { target: pick(targets, output), result: pick(outputs, output) };
}

/**
 * Checks targets against outputs before the first step.
 *
 * @throws CantripError SHAPE_MISMATCH or DTYPE_MISMATCH
 */
export function checkTargets(
  objective: Objective,
  targets: readonly (readonly [string, Described])[],
  outputShapes: TensorShapes,
): void {
  for (const [output, part] of [...objective.losses, ...objective.metrics]) {
    const target = pickEntry(targets, output);
    part.check?.({
      targetShape: target.shape,
      targetType: dtypeOf(target) === 'int32' ? 'int32' : 'float32',
      outputShape: pickShape(outputShapes, output),
    });
  }
}

export function pickShape(shapes: TensorShapes, output: string): readonly number[] {
  const names = Object.keys(shapes);
  const shape = shapes[output] ?? (names.length === 1 ? shapes[names[0]!] : undefined);
  if (shape) return shape;
  throw misnamed('the model', output, names);
}

function pick(tensors: Tensors, output: string): tf.Tensor {
  return pickEntry(entriesOf(tensors), output);
}

/** A single one serves every output, and the only one an output without a name. */
function pickEntry<T>(entries: readonly (readonly [string, T])[], output: string): T {
  const [first] = entries;
  if (entries.length === 1 && (output === SINGLE || first![0] === SINGLE)) return first![1];
  const found = entries.find(([name]) => name === output);
  if (found) return found[1];
  throw misnamed(
    'the batch',
    output,
    entries.map(([name]) => name),
  );
}

function misnamed(whose: string, output: string, names: readonly string[]): CantripError {
  return new CantripError('SHAPE_MISMATCH', {
    who: 'trainer',
    what: output
      ? `loss or metrics name an output ${output}, but ${whose} has ${names.join(', ')}`
      : `${whose} has several outputs (${names.join(', ')}), but there is one loss for all`,
    fix: 'Give one loss for each output: loss: { name: softmaxCrossEntropy() }',
  });
}

function isLoss(value: unknown): value is Loss {
  return (
    typeof value === 'function' ||
    (typeof value === 'object' && value !== null && typeof (value as Loss).compute === 'function')
  );
}

function asLoss(loss: Loss | ((targets: tf.Tensor, outputs: tf.Tensor) => tf.Scalar)): Loss {
  return typeof loss === 'function' ? { name: loss.name || 'loss', compute: loss } : loss;
}

function requireMetric(metric: Metric): Metric {
  if (typeof metric === 'object' && metric !== null && typeof metric.compute === 'function') return metric;
  throw invalid('metrics', 'must hold metrics such as accuracy()', metric);
}

/**
 * What a loss or metric computed, which must be one number.
 *
 * @throws CantripError SHAPE_MISMATCH
 */
export function requireScalar(what: string, value: unknown): tf.Scalar {
  const tensor = value instanceof tf.Tensor ? (value as tf.Tensor) : undefined;
  if (tensor?.rank === 0) return tensor as tf.Scalar;
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'trainer',
    what: `${what} must be a scalar, got ${tensor ? `shape [${tensor.shape.join(', ')}]` : describe(value)}`,
    fix: 'Return its mean: tf.mean(values)',
  });
}

function invalid(option: string, expectation: string, received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'createTrainer',
    what: `${option} ${expectation}, got ${describe(received)}`,
    fix: `See createTrainer's option ${option}`,
  });
}
