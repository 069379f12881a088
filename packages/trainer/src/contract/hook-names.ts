import type { Observers, Schedules, Structures, Transforms, Wraps } from './hooks.ts';
import type { State } from './contexts.ts';

/** Hooks whose result is used in the step, although they run on the host. */
const onHost = ['transformModel', 'transformVariables'];

/** Whether a hook is part of the step, which is recorded once and replayed. */
export const isOfStep = (hook: string): boolean =>
  (hook.startsWith('transform') || hook.startsWith('wrap')) && !onHost.includes(hook);

/** Every hook, in the order in which a run calls them. */
export const hookNames: readonly HookName[] = [
  'onTrainBegin',
  'onEpochBegin',
  'onStepBegin',
  'scheduleLearningRate',
  'scheduleScalars',
  'scheduleBatchScalars',
  'transformVariables',
  'structure',
  'transformBatch',
  'wrapGradients',
  'transformOutputs',
  'transformTargets',
  'transformLoss',
  'transformGradients',
  'onStepEnd',
  'onEvaluateBegin',
  'onEvaluateBatch',
  'onEvaluateEnd',
  'onValidated',
  'onEpochEnd',
  'onTrainEnd',
  'onSettled',
  'onSave',
  'onError',
];

export type HookName =
  keyof Transforms | keyof Structures<State> | keyof Wraps | keyof Schedules<State> | keyof Observers<State>;
