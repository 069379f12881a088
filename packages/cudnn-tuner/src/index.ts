export { cudnnTuning, type CudnnTuningOptions } from './cudnn-tuning.ts';
export type { StepTiming } from './shapes/shape-times.ts';
export {
  type ShapeRecord,
  type ShapeReport,
  type ShapeWatch,
  shapeWatch,
  type ShapeWatchOptions,
} from './shapes/shape-watch.ts';
export { cudnnEnvironment, type CudnnMode } from './settings/cudnn-environment.ts';
export type { Settings } from './settings/settings.ts';
