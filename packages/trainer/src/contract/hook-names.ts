import type { Observers, Schedules, Transforms, Wraps } from './hooks.ts';
import type { State } from './contexts.ts';

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
