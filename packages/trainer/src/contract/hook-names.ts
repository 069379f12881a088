import type { Observers, Schedules, State, Transforms } from './plugin.ts';

/** Every hook in the order in which a run calls them. */
export const hookNames: readonly HookName[] = [
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
];

export type HookName = keyof Transforms | keyof Schedules<State> | keyof Observers<State>;
