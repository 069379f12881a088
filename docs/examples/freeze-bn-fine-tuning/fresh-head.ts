import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * Copies what one model has learnt to a new model of the same shape, except the last layer. That layer keeps its
 * initial weights, because it has the classes of the first task.
 */
export function withFreshHead(fresh: LayersModel, learnt: LayersModel): LayersModel {
  for (const [index, layer] of fresh.layers.slice(0, -1).entries()) {
    layer.setWeights(learnt.layers[index]!.getWeights());
  }
  return fresh;
}
