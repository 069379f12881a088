export type { BatchRequest, BatchSource } from './batch/batch-source.ts';
export type {
  AnyPlugin,
  Batch,
  Clock,
  Hooks,
  HostContext,
  Logs,
  Observers,
  Plugin,
  RandomTensors,
  Rehearsal,
  Schedules,
  State,
  LossContext,
  StepContext,
  PrepareContext,
  StepEnd,
  Tensors,
  Transforms,
  TuneContext,
  Tuning,
} from './contract/plugin.ts';
export type { ModelContext, ModelFunction, Run } from './contract/run.ts';
export type { FunctionInRun, HorizonOptions, StepFunction } from './contract/step-function.ts';
export { createTrainer, type Trainer } from './create-trainer.ts';
export type { RecordingCost } from './step/runner.ts';
export type { Examples, NamedValues } from './forms/examples.ts';
export type { NestedNumbers, Values } from './forms/host-values.ts';
export type { Abortable, FitOptions } from './read-calls.ts';
export type { Data, InMemoryOptions } from './forms/source-of.ts';
export type { TfDataset } from './forms/dataset-walk.ts';
export { tfDataset, type TfDatasetOptions } from './forms/tf-dataset.ts';
export type { History } from './loop/fit.ts';
export type { ModelOption } from './model/built-model.ts';
export { dropout, type DropoutOptions } from './model/dropout.ts';
export { binaryAccuracy, type BinaryAccuracyOptions } from './objective/binary-accuracy.ts';
export type { Fit, Loss, LossFunction, LossOption } from './objective/loss.ts';
export {
  meanSquaredError,
  sigmoidCrossEntropy,
  type SigmoidCrossEntropyOptions,
  softmaxCrossEntropy,
  type SoftmaxCrossEntropyOptions,
} from './objective/losses.ts';
export type { Measured } from './objective/measured.ts';
export {
  accuracy,
  type AccuracyOptions,
  type ClassMetricOptions,
  type Metric,
  type MetricsOption,
  topK,
  type TopKOptions,
} from './objective/metrics.ts';
export type { PluginList } from './hooks/check-plugins.ts';
export type { RestoreOptions } from './snapshot/read-restore-call.ts';
export type {
  SavedOptimizer,
  SavedPlugin,
  SavedTensor,
  SavedTensors,
  Snapshot,
} from './snapshot/snapshot.ts';
export type { TrainerOptions } from './options/trainer-options.ts';
