import * as tf from '@tensorflow/tfjs-core';
import { replaceGradient } from './tape/replace-gradient.ts';
import { convolutionGradients } from './rules/convolution.ts';
import { cumulativeGradients } from './rules/cumulative.ts';
import { dilationGradients } from './rules/dilation.ts';
import { einsumGradient } from './rules/einsum.ts';
import { elementwiseGradients } from './rules/elementwise.ts';
import type { Gradient, GradientTable } from './tape/gradient-table.ts';
import { imageGradients } from './images/image.ts';
import { indexingGradients } from './rules/indexing.ts';
import { matrixGradients } from './rules/matrix.ts';
import { poolingGradients } from './rules/pooling.ts';
import { reductionGradients } from './rules/reduction.ts';
import { responseNormalizationGradient } from './rules/response-normalization.ts';
import { resizeGradients } from './images/resize.ts';
import { correctTape } from './tape/correct-tape.ts';
import { shapingGradients } from './rules/shaping.ts';
import { sparseGradients } from './rules/sparse.ts';
import { stridedSliceGradient } from './rules/strided-slice.ts';
import { gradientsWithoutSlope } from './rules/without-slope.ts';

const gradients: GradientTable = {
  ...convolutionGradients,
  ...cumulativeGradients,
  ...dilationGradients,
  ...elementwiseGradients,
  ...gradientsWithoutSlope,
  ...imageGradients,
  ...indexingGradients,
  ...matrixGradients,
  ...poolingGradients,
  ...reductionGradients,
  ...resizeGradients,
  ...shapingGradients,
  ...sparseGradients,
  [tf.Einsum]: einsumGradient,
  [tf.LRN]: responseNormalizationGradient,
  [tf.StridedSlice]: stridedSliceGradient,
};

/**
 * Gives kernels the gradient that tfjs-core lacks or has wrong. Each is a composition of tfjs-core's ops, valid on every
 * device; TensorFlow's own op is taken where it is faster.
 *
 * Calling it again registers what was not there the first time.
 */
export async function registerGradients(): Promise<void> {
  await loadCoreGradients();
  correctTape();
  for (const [kernelName, gradient] of Object.entries(gradients)) {
    const config = gradConfig(kernelName, gradient);
    if (tf.getGradient(kernelName) === undefined) tf.registerGradient(config);
    else replaceGradient('every device', kernelName, () => config);
  }
}

/**
 * tfjs-core's build for Node registers no gradients, and its files that do can't be loaded beside that build;
 * tfjs-layers brings them along. Whoever has not installed it, or registers gradients otherwise, is left alone.
 */
async function loadCoreGradients(): Promise<void> {
  if (tf.getGradient(tf.Add) !== undefined) return;
  try {
    await import('@tensorflow/tfjs-layers');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
  }
}

function gradConfig(kernelName: string, { of, ...saving }: Gradient): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: [...(saving.inputsToSave ?? [])],
    outputsToSave: [...(saving.outputsToSave ?? [])],
    saveAllInputs: saving.saveAllInputs ?? false,
    gradFunc: (dy, saved, attributes) =>
      // tfjs-core hands over that of a single output without the list.
      ({ ...of(Array.isArray(dy) ? dy : [dy], saved, attributes as Record<string, unknown>) }),
  };
}
