export { cudnnEnvironment, type CudnnMode } from './cudnn-environment.ts';
export { cudnnTuning, type CudnnTuningOptions } from './cudnn-tuning.ts';
export { type ShapeRecord, type ShapeWatch, shapeWatch } from './shape-watch.ts';
