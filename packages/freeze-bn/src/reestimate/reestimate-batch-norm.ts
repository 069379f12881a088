import { CantripError, parseOptions, tensorSchema } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as v from 'valibot';
import type { BatchNormLayer } from '../layers/batch-norm-layers.ts';
import type { LayerSelector } from '../layers/choose-layers.ts';
import { findLayers } from '../freeze/freeze-batch-norm.ts';
import { layersEntry } from '../layers/freeze-options.ts';
import { keepsStatistics } from '../freeze/freeze-statistics.ts';
import { estimateStatistics } from './estimate-statistics.ts';
import type { PopulationStatistics } from './population-statistics.ts';

export interface ReestimateBatchNormOptions {
  /**
   * The layers to re-estimate; by default all batch normalisations of the model. Layers with frozen statistics are
   * skipped.
   */
  readonly layers?: LayerSelector | readonly LayerSelector[] | undefined;
}

/** The inputs of batches, as for `model.predict`. They are not disposed. */
export type InputBatches = Iterable<tf.Tensor | tf.Tensor[]> | AsyncIterable<tf.Tensor | tf.Tensor[]>;

const schema = v.strictObject({ layers: layersEntry });
const batchesSchema = v.custom<InputBatches>(
  isIterable,
  'must be a list of tensors, or another iterable of them',
);
const inputsSchema = v.object({
  batch: v.union([tensorSchema, v.array(tensorSchema)], 'must be a tensor or tensors'),
});
const who = 'reestimateBatchNorm';

/**
 * Replaces the moving averages of batch normalisations by the true mean and variance of their inputs over many
 * batches. Moving averages weigh the last batches most, and include values from before the last weight updates.
 *
 * In each batch, these layers normalise with the batch's statistics, as in training. All other layers, e.g. dropout,
 * run as in inference. The variance is the biased variance of all values, as in TensorFlow.js. It is the mean of the
 * batches' variances plus the variance of their means, weighted by size.
 *
 * @throws CantripError MODEL_INVALID; OPTION_INVALID, also if all layers are frozen; DATA_EMPTY without a batch
 * @example
 * ```ts
 * await reestimateBatchNorm(model, batches); // 1,000 images are usually enough
 * ```
 * @see Wu and Johnson, Rethinking "batch" in BatchNorm, section 3, https://arxiv.org/abs/2105.07576
 */
export async function reestimateBatchNorm(
  model: LayersModel,
  batches: InputBatches,
  options: ReestimateBatchNormOptions = {},
): Promise<void> {
  parseOptions(who, v.object({ batches: batchesSchema }), { batches });
  const { layers: selectors } = parseOptions(who, schema, options);
  const layers = findLayers(who, model, selectors).filter((layer) => !keepsStatistics(layer));
  if (layers.length === 0) throw allFrozen();
  const found = await estimateStatistics(who, model, layers, checked(batches));
  tf.tidy(() => found.forEach((statistics, layer) => assign(layer, statistics)));
}

async function* checked(batches: InputBatches): AsyncGenerator<tf.Tensor | tf.Tensor[]> {
  for await (const inputs of batches) {
    parseOptions(who, inputsSchema, { batch: inputs });
    yield inputs;
  }
}

function isIterable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  return Symbol.iterator in value || Symbol.asyncIterator in value;
}

function assign(layer: BatchNormLayer, { mean, variance }: PopulationStatistics['total']): void {
  layer.movingMean.write(tf.tensor1d(Float32Array.from(mean)));
  layer.movingVariance.write(tf.tensor1d(Float32Array.from(variance)));
}

function allFrozen(): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: 'the statistics of all chosen layers are frozen',
    fix: 'Unfreeze these layers first, or choose other layers',
  });
}
