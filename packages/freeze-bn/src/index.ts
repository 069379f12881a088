export { batchNormFreezing, type BatchNormFreezingOptions } from './freeze/batch-norm-freezing.ts';
export {
  batchNormReestimation,
  type BatchNormReestimationOptions,
} from './reestimate/batch-norm-reestimation.ts';
export type { LayerSelector } from './layers/choose-layers.ts';
export type { Length, RunLength } from '@cantrip/plugin-kit';
export { type BatchNormParameters, type FoldedBatchNorm, foldBatchNorm } from './freeze/fold-batch-norm.ts';
export { freezeBatchNorm } from './freeze/freeze-batch-norm.ts';
export type { FreezeBatchNormOptions } from './layers/freeze-options.ts';
export { frozenBatchNorm } from './freeze/frozen-batch-norm.ts';
export { gradualUnfreezing, type GradualUnfreezingOptions } from './unfreeze/gradual-unfreezing.ts';
export type { LayerGroup, LayerGroupSettings } from './unfreeze/layer-groups.ts';
export { type RampedGroup, rampedGroups } from './unfreeze/ramped-groups.ts';
export {
  type InputBatches,
  reestimateBatchNorm,
  type ReestimateBatchNormOptions,
} from './reestimate/reestimate-batch-norm.ts';
export type { Ramp } from './unfreeze/unfreezing-stages.ts';
