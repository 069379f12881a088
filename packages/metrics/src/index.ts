export type { Average } from './classes/average.ts';
export { confusionMatrix, type ConfusionMatrixOptions } from './classes/confusion-matrix.ts';
export { f1, precision, type PrecisionRecallOptions, recall } from './classes/precision-recall.ts';
export { type AreaOptions, averagePrecision, rocAuc } from './ranking/areas.ts';
export { meanAbsoluteError, rootMeanSquaredError } from './regression/mean-errors.ts';
export { r2, type R2Options } from './regression/r2.ts';
export { type Meter, meter } from './meter.ts';
