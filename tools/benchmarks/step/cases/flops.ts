import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Case } from './cases.ts';
import { trainedAndFrozen } from './frozen.ts';

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
export function parametersOf(model: LayersModel, oneCase: Pick<Case, 'frozenBatchNorm'>): number {
  return trainedAndFrozen(model, oneCase).trained.reduce((sum, { shape }) => sum + product(shape), 0);
}

function multiplications(layer: Layer): number {
  const kernels = layer.trainableWeights.filter(({ originalName }) => originalName.endsWith('kernel'));
  return kernels.reduce((sum, { originalName, shape }) => {
    const ofInputs = !originalName.endsWith('recurrent_kernel') && seesInputs(layer);
    return sum + product(shape) * positionsOf(layer) * (ofInputs ? 2 : 3);
  }, 0);
}

/** How often a kernel is applied to an example: at each place of the output, or in each time step. */
function positionsOf({ inputSpec, input, outputShape }: Layer): number {
  const isRecurrent = inputSpec?.[0]?.ndim === 3 && (outputShape as number[]).length === 2;
  if (isRecurrent) return [input].flat()[0]!.shape[1]!;
  return product((outputShape as (number | null)[]).slice(1, -1));
}

function seesInputs({ input }: Layer): boolean {
  return [input].flat().every(({ sourceLayer }) => sourceLayer.getClassName() === 'InputLayer');
}

function product(sizes: readonly (number | null)[]): number {
  return sizes.reduce<number>((result, size) => result * (size ?? 1), 1);
}
