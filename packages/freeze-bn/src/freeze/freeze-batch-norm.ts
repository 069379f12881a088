import { CantripError, describe } from '@cantrip/errors';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type BatchNormLayer, batchNormLayers, type FoundLayer } from '../layers/batch-norm-layers.ts';
import { chooseLayers, type LayerSelector } from '../layers/choose-layers.ts';
import { foldOnce } from './fold-once.ts';
import {
  checkFreezeOptions,
  type FreezeBatchNormOptions,
  type FreezeModes,
} from '../layers/freeze-options.ts';
import { freezeStatistics } from './freeze-statistics.ts';
import { freezeVariable } from './freeze-variable.ts';
import { keepWeightOrder } from '../layers/keep-weight-order.ts';

/**
 * Freezes batch normalisations of a model, until you call the returned function. Frozen layers normalise with their
 * moving statistics, also with `training: true`. The moving statistics, gamma and beta do not change. Each of these
 * effects is a separate option.
 *
 * `y = (x - movingMean) / sqrt(movingVariance + epsilon) * gamma + beta`, for inputs of any rank. The outputs equal
 * those of `model.predict` to the bit. On wasm it computes `x * scale + shift`, which may differ by rounding. Scale
 * and shift are computed when the layer is frozen, and again when its variables are assigned.
 *
 * The variables stay the same objects. Layers stay frozen when other code sets `trainable` or `call`, or compiles
 * the model. `getWeights`, `setWeights` and `save` keep their order. Freeze before `model.compile`, because it
 * stores what is trainable.
 *
 * Undoing restores everything; values that were set in the meantime then take effect. If you freeze a layer twice,
 * undo it twice. If the two calls differ, the one that freezes more counts.
 *
 * @param model - layers of nested models and wrappers are included
 * @returns a function that undoes it and disposes the folded scale and shift
 * @throws CantripError MODEL_INVALID if the model has no batch normalisation; OPTION_INVALID
 * @example
 * ```ts
 * const undo = freezeBatchNorm(model, { layers: { upTo: 'block_4' }, affine: 'train' });
 * model.apply(batch, { training: true }); // these layers normalise as in model.predict(batch)
 * undo();
 * ```
 */
export function freezeBatchNorm(model: LayersModel, options: FreezeBatchNormOptions = {}): () => void {
  const who = 'freezeBatchNorm';
  const { layers, ...modes } = checkFreezeOptions(who, options);
  return freezeLayers(model, findLayers(who, model, layers), modes);
}

/**
 * Finds the layers to freeze.
 *
 * @throws CantripError MODEL_INVALID, OPTION_INVALID, which name the function `who` that the user called
 */
export function findLayers(
  who: string,
  model: LayersModel,
  selectors: readonly LayerSelector[],
): readonly BatchNormLayer[] {
  return chooseLayers(who, model, normsOf(who, model), selectors).map(({ layer }) => layer);
}

/** Freezes the chosen layers of a model. */
export function freezeLayers(
  model: LayersModel,
  chosen: readonly BatchNormLayer[],
  { affine, ...modes }: FreezeModes,
): () => void {
  const parameters = chosen
    .flatMap(({ gamma, beta }) => (affine === 'freeze' ? [gamma, beta] : []))
    .filter((parameter) => parameter !== undefined);
  const undos = [
    ...(isConstant({ affine, ...modes }) ? chosen.filter(isBuilt).map(foldOnce) : []),
    ...chosen.map((layer) => freezeStatistics(layer, modes)),
    ...parameters.map((parameter) => freezeVariable(parameter, modes)),
    ...(parameters.length > 0 ? [keepWeightOrder(model)] : []),
  ];
  return () => undos.forEach((undo) => undo());
}

/** Whether scale and shift are constant with these modes. */
const isConstant = ({ normalizeWith, statistics, affine }: FreezeModes): boolean =>
  normalizeWith === 'moving' && statistics === 'freeze' && affine === 'freeze';

/** A sequential model without an input shape creates its variables at the first call. */
const isBuilt = ({ movingMean }: Partial<BatchNormLayer>): boolean => movingMean !== undefined;

function normsOf(who: string, model: LayersModel): FoundLayer[] {
  if (typeof model !== 'object' || model === null || !Array.isArray(model.layers)) {
    throw new CantripError('MODEL_INVALID', {
      who,
      what: `the model must be a LayersModel, got ${describe(model)}`,
      fix: 'Pass a LayersModel. In a model that is a function, call frozenBatchNorm()',
    });
  }
  const all = batchNormLayers(model);
  if (all.length === 0) {
    throw new CantripError('MODEL_INVALID', {
      who,
      what: `the model ${model.name} has no batch normalisation`,
      fix: 'Remove the freezing',
    });
  }
  return all;
}
