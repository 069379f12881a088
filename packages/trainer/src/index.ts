export type { BatchRequest, BatchSource } from './batch/batch-source.ts';
export type { AnyPlugin, Plugin, SetUp, TransformedModel } from './contract/plugin.ts';
export type {
  Clock,
  EpochEnd,
  EvaluateContext,
  EvaluatedBatch,
  EvaluationEnd,
  EvaluationPurpose,
  GradientContext,
  HostContext,
  Logs,
  State,
  LossContext,
  OptimizerContext,
  SaveContext,
  ScheduledNumbers,
  StepEnd,
  Validated,
} from './contract/contexts.ts';
export type { EvaluatedExamples, EvaluatedOutput, LossOfOutput } from './contract/evaluated-examples.ts';
export type {
  Hooks,
  Observers,
  Schedules,
  NextGradients,
  PassOptions,
  Transforms,
  Structures,
  Wraps,
} from './contract/hooks.ts';
export type { RunDescription, RunStore, SavedRun, SettledContext, TrainBegin } from './contract/run-store.ts';
export type { Rehearsal, PrepareContext, TuneContext, Tuning } from './contract/tuning.ts';
export type { Batch, Mixture, Tensors } from './contract/batch.ts';
export type { OwnParts, RandomTensors, StepContext } from './contract/step-context.ts';
export type { CallContext, LayerTensors, LayerWrap, NextCall } from './contract/layer-calls.ts';
export type { ModelContext, ModelFunction, Run } from './contract/run.ts';
export { createTrainer, type Trainer } from './create-trainer.ts';
export type { RecordingCost } from './contract/contexts.ts';
export type { Examples, NamedValues } from './forms/examples.ts';
export type { NestedNumbers, TensorValues } from './forms/host-values.ts';
export type { Abortable, FitOptions } from './read-calls.ts';
export { asBatchSource, type Data, type InMemoryOptions } from './forms/source-of.ts';
export type { TfDataset } from './forms/dataset-walk.ts';
export { tfDataset, type TfDatasetOptions } from './forms/tf-dataset.ts';
export type { History, ValidationFigures } from './loop/fit.ts';
export type { EpochEvent, StepEvent, TrainEvent, ValidationEvent } from './loop/train-events.ts';
export type { ModelOption } from './model/build-model.ts';
export { dropout, type DropoutOptions } from './model/dropout.ts';
export { binaryAccuracy, type BinaryAccuracyOptions } from './objective/binary-accuracy.ts';
export type { Loss, LossFunction, LossOption, ShapesToCheck } from './objective/loss.ts';
export {
  meanSquaredError,
  sigmoidCrossEntropy,
  type SigmoidCrossEntropyOptions,
  softmaxCrossEntropy,
  type SoftmaxCrossEntropyOptions,
} from './objective/losses.ts';
export type { Measured } from './objective/measured.ts';
export type { Metric, MetricsOption, TallyFigure, TallyMetric } from './objective/metric.ts';
export {
  accuracy,
  type AccuracyOptions,
  type ClassMetricOptions,
  topK,
  type TopKOptions,
} from './objective/metrics.ts';
export { tablesOf } from './objective/tally/tables-of.ts';
export type { Kept, TalliedBatch, Table } from './contract/table.ts';
export type { PluginList } from './hooks/check-plugins.ts';
export type { ResumeOptions } from './resume/resume-options.ts';
export type { RestoreOptions } from './snapshot/read-restore-call.ts';
export type {
  SavedOptimizer,
  SavedPlugin,
  SavedTensor,
  SavedTensors,
  Snapshot,
} from './contract/snapshot.ts';
export type { TrainerOptions } from './options/trainer-options.ts';
