export {
  type LayerSummary,
  type ModelSummary,
  modelSummary,
  type Shape,
  type SummaryOptions,
} from './summary/model-summary.ts';
export { formatSummary } from './summary/format-summary.ts';
export { functionSummary, type FunctionSummaryOptions } from './summary/function-summary.ts';
export type { LayerCall } from './summary/layer-calls.ts';
