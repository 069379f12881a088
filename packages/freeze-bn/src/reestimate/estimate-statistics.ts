import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { BatchNormLayer } from '../layers/batch-norm-layers.ts';
import { type Observation, observeStatistics } from './observe-statistics.ts';
import { type PopulationStatistics, populationStatistics } from './population-statistics.ts';

/** The statistics of each layer's inputs over many batches. */
export type LayerStatistics = ReadonlyMap<BatchNormLayer, PopulationStatistics['total']>;

/**
 * Runs the model on all batches, and computes the statistics of the inputs of these layers. Nothing is changed.
 *
 * @throws CantripError DATA_EMPTY without a batch
 */
export async function estimateStatistics(
  who: string,
  model: LayersModel,
  layers: readonly BatchNormLayer[],
  batches: Iterable<tf.Tensor | tf.Tensor[]> | AsyncIterable<tf.Tensor | tf.Tensor[]>,
): Promise<LayerStatistics> {
  const populations = new Map<BatchNormLayer, PopulationStatistics>();
  for await (const inputs of batches) {
    for (const { layer, ...part } of await observe(model, layers, inputs)) {
      const population = populations.get(layer) ?? populationStatistics(part.mean.length);
      population.add(part);
      populations.set(layer, population);
    }
  }
  if (populations.size === 0) throw noBatch(who);
  return new Map([...populations].map(([layer, { total }]) => [layer, total]));
}

interface HostObservation {
  readonly layer: BatchNormLayer;
  readonly count: number;
  readonly mean: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
}

async function observe(
  model: LayersModel,
  layers: readonly BatchNormLayer[],
  inputs: tf.Tensor | tf.Tensor[],
): Promise<readonly HostObservation[]> {
  const observed = observeStatistics(layers, () => void model.apply(inputs, { training: false }));
  try {
    return await Promise.all(observed.map(download));
  } finally {
    observed.forEach(({ mean, variance }) => tf.dispose([mean, variance]));
  }
}

async function download({ layer, count, mean, variance }: Observation): Promise<HostObservation> {
  return { layer, count, mean: await mean.data(), variance: await variance.data() };
}

function noBatch(who: string): CantripError {
  return new CantripError('DATA_EMPTY', {
    who,
    what: 'batches must hold at least one batch, got none',
    fix: 'Pass batches of the training data',
  });
}
