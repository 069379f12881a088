import type { LayersModel } from '@tensorflow/tfjs-layers';

type Layer = LayersModel['layers'][number];

/**
 * The floating point operations of one training step that products make: convolutions and dense layers alone.
 *
 * `2 * batch * sum(kernel size * output positions * passes)`; the passes are the forward one, the gradient of the
 * kernel and, but for layers that see the model's inputs, the gradient of the inputs.
 */
export function flopsOfStep(model: LayersModel, batch: number): number {
  return 2 * batch * model.layers.reduce((sum, layer) => sum + multiplications(layer), 0);
}

/** Numbers that are trained; moving statistics are not. */
export function parametersOf(model: LayersModel): number {
  return model.trainableWeights.reduce((sum, { shape }) => sum + product(shape), 0);
}

function multiplications(layer: Layer): number {
  const kernel = layer.trainableWeights.find(({ originalName }) => originalName.endsWith('kernel'));
  if (!kernel) return 0;
  const positions = product((layer.outputShape as (number | null)[]).slice(1, -1));
  return product(kernel.shape) * positions * (seesInputs(layer) ? 2 : 3);
}

function seesInputs({ input }: Layer): boolean {
  return [input].flat().every(({ sourceLayer }) => sourceLayer.getClassName() === 'InputLayer');
}

function product(sizes: readonly (number | null)[]): number {
  return sizes.reduce<number>((result, size) => result * (size ?? 1), 1);
}
