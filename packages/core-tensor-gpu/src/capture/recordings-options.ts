import type { StepCode } from './host/closure-values.ts';
import type { RecordOptions } from './record-step.ts';

export interface RecordingsOptions extends RecordOptions {
  /**
   * When a step is compared with itself: `first`, by runs without an effect before its first call, or `later`, at its
   * next calls, so that its JavaScript runs once a call until that is known to be needless.
   */
  readonly compare?: 'first' | 'later' | undefined;
  /** Functions that the step runs: those that change a plain value of their closures have state. */
  readonly codes?: (() => readonly StepCode[]) | undefined;
}

/** What a call says of itself. */
export interface CallOf {
  readonly structure: string;
  /** A step is compared with itself again where another period begins, e.g. an epoch. */
  readonly period?: number | undefined;
}
