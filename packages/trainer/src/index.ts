export type { BatchRequest, BatchSource } from './batch-source.ts';
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
  Schedules,
  State,
  StepContext,
  StepEnd,
  Tensors,
  Transforms,
} from './plugin.ts';
export type { ModelFunction, Run } from './run.ts';
