import { CantripError, describe } from '@cantrip/errors';
import type { Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { batchNormLayers, type FoundLayer } from './batch-norm-layers.ts';
import { chooseLayers } from './choose-layers.ts';
import { freezeStatistics, freezeVariable } from './freeze-layer.ts';
import {
  type CheckedFreezeOptions,
  checkFreezeOptions,
  type FreezeBatchNormOptions,
} from './freeze-options.ts';

/**
 * Freezes batch normalisations of a model: the moving statistics normalise, also when the model is called with
 * `training: true`, and stay as they are; gamma and beta are frozen too, or go on training.
 *
 * `y = (x - movingMean) / sqrt(movingVariance + epsilon) * gamma + beta`.
 *
 * It holds when `trainable` of a layer or of the model is set, and when the model is compiled. Freeze before
 * `model.compile`, which remembers what is trainable. Undoing restores everything: a flag that was set in the
 * meantime is then as it would be without the freezing. What was frozen twice must be undone twice.
 *
 * @param model - those of nested models and of wrappers count too
 * @returns how to undo it
 * @throws CantripError MODEL_INVALID when it has no batch normalisation; OPTION_INVALID
 * @example
 * ```ts
 * const undo = freezeBatchNorm(model, { layers: 'stem_*', affine: 'train' });
 * model.apply(batch, { training: true }); // these layers normalise as in model.predict(batch)
 * undo();
 * ```
 */
export function freezeBatchNorm(model: LayersModel, options: FreezeBatchNormOptions = {}): () => void {
  return freeze('freezeBatchNorm', model, checkFreezeOptions('freezeBatchNorm', options)).undo;
}

/** What {@link freeze} did. */
export interface Frozen {
  /** Gamma and beta of the frozen layers, if they are frozen too. */
  readonly variables: readonly Variable[];
  readonly undo: () => void;
}

/** {@link freezeBatchNorm} for the function that the user called. */
export function freeze(who: string, model: LayersModel, { layers, affine }: CheckedFreezeOptions): Frozen {
  const chosen = chooseLayers(who, layersOf(who, model), layers);
  const affineParameters = chosen
    .flatMap(({ layer }) => [layer.gamma, layer.beta])
    .filter((parameter) => parameter !== undefined);
  const parameters = affine === 'freeze' ? affineParameters : [];
  const undos = [
    ...chosen.map(({ layer }) => freezeStatistics(layer)),
    ...parameters.map((parameter) => freezeVariable(parameter)),
  ];
  return {
    variables: parameters.map((parameter) => parameter.read() as Variable),
    undo: () => undos.forEach((undo) => undo()),
  };
}

function layersOf(who: string, model: LayersModel): FoundLayer[] {
  if (typeof model !== 'object' || model === null || !Array.isArray(model.layers)) {
    throw new CantripError('MODEL_INVALID', {
      who,
      what: `the model must be a LayersModel, got ${describe(model)}`,
      fix: 'In a model that is a function, normalise with frozenBatchNorm()',
    });
  }
  const all = batchNormLayers(model);
  if (all.length === 0) {
    throw new CantripError('MODEL_INVALID', {
      who,
      what: `the model ${model.name} has no batch normalisation`,
      fix: 'Leave the freezing out',
    });
  }
  return all;
}
