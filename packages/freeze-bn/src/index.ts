export { batchNormFreezing, type BatchNormFreezingOptions } from './batch-norm-freezing.ts';
export { batchNormReestimation, type BatchNormReestimationOptions } from './batch-norm-reestimation.ts';
export type { LayerSelector } from './choose-layers.ts';
export type { Duration, RunLength } from './duration.ts';
export { type BatchNormParameters, type FoldedBatchNorm, foldBatchNorm } from './fold-batch-norm.ts';
export { freezeBatchNorm } from './freeze-batch-norm.ts';
export type { FreezeBatchNormOptions } from './freeze-options.ts';
export { frozenBatchNorm } from './frozen-batch-norm.ts';
export { gradualUnfreezing, type GradualUnfreezingOptions } from './gradual-unfreezing.ts';
export type { LayerGroup, LayerGroupSettings } from './layer-groups.ts';
export { type RampedGroup, rampedGroups } from './ramped-groups.ts';
export {
  type InputBatches,
  reestimateBatchNorm,
  type ReestimateBatchNormOptions,
} from './reestimate-batch-norm.ts';
export type { Ramp } from './unfreezing-stages.ts';
