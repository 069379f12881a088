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
 * Registers gradients for kernels whose gradient is missing or wrong in tfjs-core.
 *
 * Each is a composition of tfjs-core ops that is valid on every device. TensorFlow's own op is used where it is
 * faster. A second call registers only what was missing at the first.
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
 * Imports tfjs-layers, which registers tfjs-core's gradients. tfjs-core's build for Node registers none, and its own
 * files with gradients cannot be loaded beside that build. If tfjs-layers is not installed, or gradients are
 * registered already, nothing happens.
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
      // tfjs-core passes the gradient of a single output without a list.
      ({ ...of(Array.isArray(dy) ? dy : [dy], saved, attributes as Record<string, unknown>) }),
  };
}
