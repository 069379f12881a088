import * as tf from '@tensorflow/tfjs-core';
import type { BatchNormLayer } from '../layers/batch-norm-layers.ts';
import { axisOf } from '../freeze/freeze-statistics.ts';
import { heldProperty } from '../layers/held-property.ts';
import { normalizeFrozen } from '../freeze/normalize-frozen.ts';

/** The statistics of one call of a layer. */
export interface Observation {
  readonly layer: BatchNormLayer;
  /** The number of values in each channel. */
  readonly count: number;
  /** `[channels]`; the caller must dispose it. */
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/**
 * Records the statistics of each layer's inputs while the model runs. Each layer normalises with the batch's
 * statistics.
 */
export function observeStatistics(layers: readonly BatchNormLayer[], run: () => void): Observation[] {
  const seen: Observation[] = [];
  const undos = layers.map((layer) => observeCall(layer, { reassert: true, seen }));
  try {
    tf.tidy(run);
  } finally {
    undos.forEach((undo) => undo());
  }
  return seen;
}

interface Observer {
  readonly reassert: boolean;
  readonly seen: Observation[];
}

const observeCall: (layer: BatchNormLayer, observer: Observer) => () => void = heldProperty(
  'call',
  (layer, observers) => ({
    value: (inputs: tf.Tensor | tf.Tensor[]): tf.Tensor => {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      const axis = axisOf(layer, x);
      const others = x.shape.map((_, at) => at).filter((at) => at !== axis);
      const { mean, variance } = tf.moments(x, others);
      const count = x.size / x.shape[axis]!;
      observers.forEach(({ seen }) =>
        seen.push({ layer, count, mean: tf.keep(tf.clone(mean)), variance: tf.keep(tf.clone(variance)) }),
      );
      return normalizeFrozen(x, {
        mean,
        variance,
        gamma: layer.gamma?.read(),
        beta: layer.beta?.read(),
        epsilon: layer.epsilon,
        axis,
        trained: { gamma: false, beta: false },
      });
    },
  }),
);
