export type { EpochRow, Numbers, StepRow, TimeRow, ValidationRow } from './folder/rows.ts';
export type { RunInfo, RunStart } from './folder/run-info.ts';
export type { ProfiledOp, StepProfile } from './folder/profile.ts';
export { runLog, type RunLogApi, type RunLogState } from './plugin/run-log.ts';
export type { RunLogOptions } from './plugin/run-log-options.ts';
export { readRunLog, type RunLog } from './reading/read-run-log.ts';
export { readPredictions } from './reading/read-predictions.ts';
export { readProfile } from './reading/read-profile.ts';
export type {
  ClassPredictions,
  KeptInput,
  PartOfPredictions,
  Predictions,
  ValuePredictions,
  WorstExample,
} from './predictions/predictions.ts';
