import type { DeviceDescription } from '@cantrip/ops';
import type { Run } from './run.ts';

/** What `prepare` knows. */
export interface PrepareContext {
  readonly seed: number;
  readonly device: DeviceDescription;
  log(message: string): void;
}

/** What `tune` knows: the trainer's options, and what all plugins want already. */
export interface TuneContext {
  readonly device: string;
  readonly capture: 'auto' | boolean;
  readonly compile: 'xla' | undefined;
  readonly environment: Readonly<Record<string, string>>;
  log(message: string): void;
}

/** What `tune` chooses. */
export interface Tuning {
  readonly environment?: Readonly<Record<string, string>>;
  readonly compile?: 'xla' | undefined;
  /**
   * Takes the place of training in a process that only tries the step: `fit` calls it instead of its loop, and no `on…`
   * hook of any plugin but `onStepBegin`. It never returns, so that nothing of the program behind `fit` runs: it ends the process.
   */
  rehearse?(begin: () => Promise<Rehearsal>): Promise<never>;
}

/** The training step on the first batch of `fit`, to be tried again and again. */
export interface Rehearsal {
  readonly run: Run;
  readonly device: DeviceDescription;
  /** As in {@link StepEnd}. */
  readonly signature: string;
  /** Trains on the batch, schedules and transforms included, and waits for the loss. */
  step(): Promise<void>;
}
