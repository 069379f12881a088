import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * Gives a new model what another one of the same shape has learnt, but for the last layer, which keeps its initial
 * weights: it stands for the classes of the task before.
 */
export function withFreshHead(fresh: LayersModel, learnt: LayersModel): LayersModel {
  for (const [index, layer] of fresh.layers.slice(0, -1).entries()) {
    layer.setWeights(learnt.layers[index]!.getWeights());
  }
  return fresh;
}
