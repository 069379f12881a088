import { holdSchedules } from '@cantrip/plugin-kit';
import type { Run } from '@cantrip/trainer';

/** A running learning rate finder. While it runs, `lrSchedule` uses its learning rates instead of the schedule's. */
export interface Sweep {
  /** Whether `lrSchedule` has found the sweep. Without `lrSchedule` it has no effect. */
  hosted: boolean;
  /** The run's step when the sweep began. */
  readonly from: number;
  /** The learning rate at a step of the run. */
  rateAt(step: number): number;
  /** @param weight - the number that the loss was divided by */
  take(learningRate: number, loss: number, weight: number): void;
}

const sweeps = new WeakMap<Run, Sweep>();

export function sweepOf(run: Run): Sweep | undefined {
  return sweeps.get(run);
}

/**
 * A sweep changes the learning rate only: other schedules stay at the step where it begins.
 *
 * @returns a function that ends the sweep
 */
export function beginSweep(run: Run, sweep: Sweep): () => void {
  const release = holdSchedules(run, sweep.from);
  sweeps.set(run, sweep);
  return () => {
    sweeps.delete(run);
    release();
  };
}
