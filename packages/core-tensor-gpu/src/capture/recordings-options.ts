import type { StepCode } from './host/closure-values.ts';
import type { RecordOptions } from './record-step.ts';

export interface RecordingsOptions extends RecordOptions {
  /**
   * When a step is compared with itself. `first`: by runs without effect, before its first call. `later`: at its
   * next calls; its JavaScript then runs once per call until the comparison is done.
   */
  readonly compare?: 'first' | 'later' | undefined;
  /** Functions that the step runs. If one changes a plain value in its closure, the step has state. */
  readonly codes?: (() => readonly StepCode[]) | undefined;
}

/** Options of one call. */
export interface CallOf {
  readonly structure: string;
  /** When this number changes, e.g. at a new epoch, the step is compared with itself again. */
  readonly period?: number | undefined;
}
