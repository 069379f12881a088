import type { DeviceDescription } from '@cantrip/ops';
import type { Run } from './run.ts';

/** What `prepare` receives. */
export interface PrepareContext {
  readonly seed: number;
  readonly device: DeviceDescription;
  log(message: string): void;
}

/** What `tune` receives: the trainer's options, and the settings that plugins declared. */
export interface TuneContext {
  readonly device: string;
  readonly capture: 'auto' | boolean;
  readonly compile: 'xla' | undefined;
  readonly environment: Readonly<Record<string, string>>;
  log(message: string): void;
}

/** What `tune` returns: the settings that it chooses. */
export interface Tuning {
  readonly environment?: Readonly<Record<string, string>>;
  readonly compile?: 'xla' | undefined;
  /**
   * Replaces training in a process that only tries out the step. `fit` calls this function instead of its loop, and
   * calls no `on…` hook. It must end the process and never return, so no code after `fit` runs.
   */
  rehearse?(begin: () => Promise<Rehearsal>): Promise<never>;
}

/** The training step on the first batch of `fit`, which may be run many times. */
export interface Rehearsal {
  readonly run: Run;
  readonly device: DeviceDescription;
  /** The same as in {@link StepEnd}. */
  readonly signature: string;
  /** Trains on the batch, including schedules and transforms, and waits for the loss. */
  step(): Promise<void>;
}
