import type { Observers, Schedules, State, Transforms } from './plugin.ts';

/** Every hook in the order in which a run calls them. */
export const hookNames = [
  'onTrainBegin',
  'onEpochBegin',
  'scheduleLearningRate',
  'scheduleScalars',
  'transformBatch',
  'transformVariables',
  'transformOutputs',
  'transformTargets',
  'transformLoss',
  'transformGradients',
  'onStepEnd',
  'onEpochEnd',
  'onTrainEnd',
  'onError',
] as const satisfies readonly HookName[];

export type HookName = keyof Transforms | keyof Schedules<State> | keyof Observers<State>;
