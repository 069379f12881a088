export { cudnnTuning, type CudnnTuningOptions } from './cudnn-tuning.ts';
export { type ShapeRecord, type ShapeWatch, shapeWatch } from './shape-watch.ts';
export { cudnnEnvironment, type CudnnMode } from './settings/cudnn-environment.ts';
export type { Settings } from './settings/settings.ts';
