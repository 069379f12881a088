import type { Run } from '@cantrip/trainer';

/** A learning rate finder at work: while there is one, `lrSchedule` gives its rates in the place of the schedule's. */
export interface Sweep {
  /** Whether a plugin of this package has seen it, so that it has an effect. */
  hosted: boolean;
  /** The run's step when it began. */
  readonly from: number;
  /** At the run's step. */
  rateAt(step: number): number;
  /** @param weight - what the loss was divided by */
  take(learningRate: number, loss: number, weight: number): void;
}

const sweeps = new WeakMap<Run, Sweep>();

export function sweepOf(run: Run): Sweep | undefined {
  return sweeps.get(run);
}

/** @returns how to end it */
export function beginSweep(run: Run, sweep: Sweep): () => void {
  sweeps.set(run, sweep);
  return () => void sweeps.delete(run);
}
