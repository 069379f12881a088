/**
 * The names under which a backend may register kernels of its own for the functions of this package, with
 * `tf.registerKernel({ kernelName, backendName, kernelFunc })`. Where it registers none, a composition of TensorFlow.js's
 * ops does the same. The README tells what each kernel takes and gives.
 */
export const kernelNames = {
  batchNormTraining: 'CantripBatchNormTraining',
  batchNormTrainingGradient: 'CantripBatchNormTrainingGradient',
  denseCrossEntropy: 'CantripDenseCrossEntropy',
  descendInPlace: 'CantripDescendInPlace',
  descendWithMomentumInPlace: 'CantripDescendWithMomentumInPlace',
  drawNormal: 'CantripDrawNormal',
  drawUniform: 'CantripDrawUniform',
  frozenBatchNorm: 'CantripFrozenBatchNorm',
  frozenBatchNormGradient: 'CantripFrozenBatchNormGradient',
  halfSquare: 'CantripHalfSquare',
  oneHot: 'CantripOneHot',
  sparseCrossEntropy: 'CantripSparseCrossEntropy',
  uploadBytes: 'CantripUploadBytes',
} as const;

/** One of {@link kernelNames}. */
export type KernelName = (typeof kernelNames)[keyof typeof kernelNames];
