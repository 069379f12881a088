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
export { formatProfile } from './profile/format-profile.ts';
export type { OpTime } from './profile/op-times.ts';
export type { ProfileOptions } from './profile/profile-options.ts';
export { profileSteps } from './profile/profile-steps.ts';
export type { StepProfile } from './profile/step-profile.ts';
