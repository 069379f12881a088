export { batchNormFreezing } from './batch-norm-freezing.ts';
export type { LayerSelector } from './choose-layers.ts';
export { freezeBatchNorm } from './freeze-batch-norm.ts';
export type { FreezeBatchNormOptions } from './freeze-options.ts';
export { type BatchNormParameters, frozenBatchNorm } from './frozen-batch-norm.ts';
