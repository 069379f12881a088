export { crossEntropy, type CrossEntropyOptions } from './cross-entropy/cross-entropy.ts';
export type { Reduction } from './cross-entropy/reduce.ts';
export { labelSmoothing, type LabelSmoothingOptions } from './label-smoothing.ts';
export type { Activation, Smoothing, StepFunction } from './option-schemas.ts';
export { smoothedCrossEntropy, type SmoothedCrossEntropyOptions } from './smoothed-cross-entropy.ts';
export { smoothLabels, type SmoothLabelsOptions } from './smooth-labels.ts';
