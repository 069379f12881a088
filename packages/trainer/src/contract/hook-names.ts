import type { Observers, Schedules, State, Transforms, Wraps } from './plugin.ts';

/** Every hook in the order in which a run calls them. */
export const hookNames: readonly HookName[] = [
  'onTrainBegin',
  'onEpochBegin',
  'onStepBegin',
  'scheduleLearningRate',
  'scheduleScalars',
  'transformBatch',
  'transformVariables',
  'wrapGradients',
  'transformOutputs',
  'transformTargets',
  'transformLoss',
  'transformGradients',
  'onStepEnd',
  'onEvaluateBegin',
  'onEvaluateEnd',
  'onEpochEnd',
  'onTrainEnd',
  'onError',
];

export type HookName = keyof Transforms | keyof Wraps | keyof Schedules<State> | keyof Observers<State>;
