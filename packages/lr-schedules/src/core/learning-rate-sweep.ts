import type { Run } from '@cantrip/trainer';

/** A running learning rate finder. While it runs, `lrSchedule` uses its learning rates instead of the schedule's. */
export interface Sweep {
  /** The run's step when the sweep began. */
  readonly from: number;
  /** The learning rate at a step of the run. */
  rateAt(step: number): number;
  /** @param weight - the number that the loss was divided by */
  take(learningRate: number, loss: number, weight: number): void;
}

/** The plugin `lrSchedule` in one run, which sets the rates of a sweep. */
export interface SweepHost {
  /** Sets the learning rates of a sweep, until the returned function is called. */
  beginSweep(sweep: Sweep): () => void;
  isSweeping(): boolean;
}

/**
 * Begins a sweep in a run. A sweep changes the learning rate only: other schedules stay at the step where it begins.
 *
 * @returns a function that ends the sweep; undefined if the run has no `lrSchedule`
 */
export function beginSweep(run: Run, sweep: Sweep): (() => void) | undefined {
  const host = hostOf(run);
  if (!host) return undefined;
  const release = run.holdSchedules(sweep.from);
  const end = host.beginSweep(sweep);
  return () => {
    end();
    release();
  };
}

/** Whether a sweep sets the learning rates of a run now. */
export const isSwept = (run: Run): boolean => hostOf(run)?.isSweeping() ?? false;

function hostOf(run: Run): SweepHost | undefined {
  const plugin = run.plugins.find(({ name }) => name === 'lr-schedules');
  const api = plugin && (run.use(plugin) as Partial<SweepHost> | undefined);
  return api?.beginSweep && (api as SweepHost);
}
