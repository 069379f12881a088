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
 * Freezes batch normalisations of a model: the moving statistics normalise, also when the model is called with
 * `training: true`, and stay as they are; gamma and beta are frozen too. Each of these is an option of its own.
 *
 * `y = (x - movingMean) / sqrt(movingVariance + epsilon) * gamma + beta`, for inputs of any rank: to the bit what
 * `model.predict` gives, and on wasm `x * scale + shift`, which is equal to rounding. Scale and shift are folded when the
 * layer is frozen, and again when its variables are assigned.
 *
 * No variable is replaced. It holds when `trainable` of a layer or of the model is set, when `call` is, and when the
 * model is compiled. `getWeights`, `setWeights` and `save` keep their order. Freeze before `model.compile`, which remembers what is trainable. Undoing restores everything:
 * what was set in the meantime has its effect then. What was frozen twice must be undone twice; where the two differ,
 * what freezes more counts.
 *
 * @param model - those of nested models and of wrappers count too
 * @returns how to undo it, which also frees the folded scale and shift
 * @throws CantripError MODEL_INVALID when it has no batch normalisation; OPTION_INVALID
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
 * The layers that are to be frozen.
 *
 * @throws CantripError MODEL_INVALID, OPTION_INVALID in the name of the function that the user called
 */
export function findLayers(
  who: string,
  model: LayersModel,
  selectors: readonly LayerSelector[],
): readonly BatchNormLayer[] {
  return chooseLayers(who, model, normsOf(who, model), selectors).map(({ layer }) => layer);
}

/** Freezes layers of a model that have been chosen. */
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

/** Whether such layers multiply and add the same in every step. */
const isConstant = ({ normalizeWith, statistics, affine }: FreezeModes): boolean =>
  normalizeWith === 'moving' && statistics === 'freeze' && affine === 'freeze';

/** A sequential model without an input shape makes its variables at the first call. */
const isBuilt = ({ movingMean }: Partial<BatchNormLayer>): boolean => movingMean !== undefined;

function normsOf(who: string, model: LayersModel): FoundLayer[] {
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
