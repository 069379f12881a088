export type { WeightLayout } from './layout/weight-layout.ts';
export { exportWeights, type ExportWeightsOptions } from './model/export-weights.ts';
export { type ImportedWeights, importWeights } from './model/import-weights.ts';
export type { WeightTarget } from './model/targets-of.ts';
export type {
  ImportWeightsOptions,
  NamesAndLayout,
  WeightDifference,
  WeightNames,
} from './model/weight-options.ts';
export { type TorchModules, torchNames } from './names/torch-names.ts';
