import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Case } from './cases.ts';

type Weight = LayersModel['weights'][number];

/** What a case trains of its model, and what it keeps as it is and yet needs: the weights of frozen batch normalisations. */
export function trainedAndFrozen(
  model: LayersModel,
  { frozenBatchNorm = false }: Pick<Case, 'frozenBatchNorm'>,
): { readonly trained: readonly Weight[]; readonly frozen: readonly Weight[] } {
  if (!frozenBatchNorm) return { trained: model.trainableWeights, frozen: [] };
  const isFrozen = ({ originalName }: Weight): boolean => originalName.includes('_bn/');
  return {
    trained: model.trainableWeights.filter((weight) => !isFrozen(weight)),
    frozen: model.weights.filter(isFrozen),
  };
}
