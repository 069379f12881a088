import * as tf from '@tensorflow/tfjs-core';
import type { BatchNormLayer } from '../layers/batch-norm-layers.ts';
import { foldedOnce } from './fold-once.ts';
import { heldProperty, type Holder } from '../layers/held-property.ts';
import { hasKernel, normalizeFrozen } from './normalize-frozen.ts';

/** How a layer normalises in training. If several holders differ, the one that freezes more counts. */
export interface StatisticsModes extends Holder {
  readonly normalizeWith: 'moving' | 'batch';
  readonly statistics: 'freeze' | 'update';
}

/**
 * Makes a layer normalise in training according to the modes. In inference, it always uses its moving statistics.
 *
 * TensorFlow.js has no setting for this: `trainable = false` does not change the statistics.
 */
export const freezeStatistics: (layer: BatchNormLayer, modes: StatisticsModes) => () => void = heldProperty(
  'call',
  (layer, holders) => {
    holdersOf.set(layer, holders);
    const own = Object.getOwnPropertyDescriptor(layer, 'call')?.value as Call | undefined;
    // Looked up at each call, because a trainer may replace `call` in the prototype.
    const underlying: Call = (...given) =>
      (own ?? (Object.getPrototypeOf(layer) as BatchNormLayer).call).apply(layer, given);
    const call: Call = (inputs, kwargs) => {
      const modes = strictest(holders);
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      if (!modes) return underlying(inputs, kwargs);
      if (!kwargs['training'] && hasKernel(x, axisOf(layer, x))) return underlying(inputs, kwargs);
      if (modes.normalizeWith === 'moving' || !kwargs['training']) {
        return normalizeWithMoving(layer, x, modes.statistics === 'update' && Boolean(kwargs['training']));
      }
      return modes.statistics === 'update'
        ? underlying(inputs, kwargs)
        : keepingStatistics(layer, () => underlying(inputs, kwargs));
    };
    return { value: call, end: () => void holdersOf.delete(layer) };
  },
);

type Call = BatchNormLayer['call'];

const holdersOf = new WeakMap<BatchNormLayer, ReadonlySet<StatisticsModes>>();

/** Whether a layer's moving statistics are frozen. */
export function keepsStatistics(layer: BatchNormLayer): boolean {
  return strictest(holdersOf.get(layer) ?? new Set())?.statistics === 'freeze';
}

function strictest(holders: ReadonlySet<StatisticsModes>): Omit<StatisticsModes, 'reassert'> | undefined {
  const all = [...holders];
  if (all.length === 0) return undefined;
  return {
    normalizeWith: all.some(({ normalizeWith }) => normalizeWith === 'moving') ? 'moving' : 'batch',
    statistics: all.some(({ statistics }) => statistics === 'freeze') ? 'freeze' : 'update',
  };
}

function normalizeWithMoving(layer: BatchNormLayer, x: tf.Tensor, update: boolean): tf.Tensor {
  return tf.tidy(() => {
    const axis = axisOf(layer, x);
    const outputs = normalizeFrozen(x, {
      mean: layer.movingMean.read(),
      variance: layer.movingVariance.read(),
      gamma: layer.gamma?.read(),
      beta: layer.beta?.read(),
      epsilon: layer.epsilon,
      axis,
      folded: foldedOnce(layer),
      trained: { gamma: layer.gamma?.trainable ?? false, beta: layer.beta?.trainable ?? false },
    });
    // Updated afterwards: the outputs use the old statistics.
    if (update) updateStatistics(layer, x, axis);
    return outputs;
  });
}

/** Updates the moving statistics as TensorFlow.js does, with the batch's mean and biased variance. */
function updateStatistics(layer: BatchNormLayer, x: tf.Tensor, axis: number): void {
  const others = x.shape.map((_, at) => at).filter((at) => at !== axis);
  const { mean, variance } = tf.moments(x, others);
  for (const [moving, value] of [
    [layer.movingMean, mean],
    [layer.movingVariance, variance],
  ] as const) {
    const before = moving.read();
    moving.write(tf.sub(before, tf.mul(tf.sub(before, value), 1 - layer.momentum)));
  }
}

/**
 * Runs the layer's own normalisation with the batch's statistics, and discards its updates of the moving statistics.
 */
function keepingStatistics<T>(layer: BatchNormLayer, run: () => T): T {
  const moving = [layer.movingMean, layer.movingVariance];
  const write = { value: () => undefined, configurable: true };
  moving.forEach((variable) => Object.defineProperty(variable, 'write', write));
  try {
    return run();
  } finally {
    moving.forEach((variable) => Reflect.deleteProperty(variable, 'write'));
  }
}

/** The axis of the channels, from 0. */
export function axisOf({ axis }: BatchNormLayer, { rank }: tf.Tensor): number {
  return axis < 0 ? axis + rank : axis;
}
