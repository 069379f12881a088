export { batchNormFreezing, type BatchNormFreezingOptions } from './batch-norm-freezing.ts';
export type { LayerSelector } from './choose-layers.ts';
export type { Duration } from './duration.ts';
export { type BatchNormParameters, type FoldedBatchNorm, foldBatchNorm } from './fold-batch-norm.ts';
export { freezeBatchNorm } from './freeze-batch-norm.ts';
export type { FreezeBatchNormOptions } from './freeze-options.ts';
export { frozenBatchNorm } from './frozen-batch-norm.ts';
