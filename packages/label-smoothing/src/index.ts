export { labelSmoothing, type LabelSmoothingOptions } from './label-smoothing.ts';
export { smoothLabels, type SmoothLabelsOptions } from './smooth-labels.ts';
