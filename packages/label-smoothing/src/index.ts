export type { Calibration, CalibrationErrors } from './calibration/calibration.ts';
export type { CalibrationBin } from './calibration/calibration-bins.ts';
export {
  calibrationMeter,
  type CalibrationMeter,
  type CalibrationOptions,
} from './calibration/calibration-meter.ts';
export { calibrationOf, type CalibrationOfOptions } from './calibration/calibration-of.ts';
export { brierScore, confidence } from './calibration/metrics.ts';
export { reliabilityChart } from './calibration/reliability-chart.ts';
export { reliabilityDiagram, type ReliabilityDiagramOptions } from './calibration/reliability-diagram.ts';
export { crossEntropy, type CrossEntropyOptions } from './cross-entropy/cross-entropy.ts';
export type { Reduction } from './cross-entropy/reduce.ts';
export {
  labelSmoothing,
  type LabelSmoothingOptions,
  type LabelSmoothingState,
} from './plugin/label-smoothing.ts';
export type { Activation, Smoothing } from './smoothing/option-checks.ts';
export { smoothedCrossEntropy, type SmoothedCrossEntropyOptions } from './plugin/smoothed-cross-entropy.ts';
export { smoothLabels, type SmoothLabelsOptions } from './smoothing/smooth-labels.ts';
