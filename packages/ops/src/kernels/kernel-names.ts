/**
 * The names under which a backend may register its own kernels for the functions of this package:
 * `tf.registerKernel({ kernelName, backendName, kernelFunc })`. Without a registered kernel, a composition of
 * TensorFlow.js ops gives the same values. The README lists the inputs and outputs of each kernel.
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
  gateProduct: 'CantripGateProduct',
  gelu: 'CantripGelu',
  halfSquare: 'CantripHalfSquare',
  layerNorm: 'CantripLayerNorm',
  oneHot: 'CantripOneHot',
  sparseCrossEntropy: 'CantripSparseCrossEntropy',
  uploadBytes: 'CantripUploadBytes',
} as const;

/** One of {@link kernelNames}. */
export type KernelName = (typeof kernelNames)[keyof typeof kernelNames];
