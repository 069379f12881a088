import type { Outcome } from '../design/define-ablation.ts';

/** The machine and device on which a run was trained. */
export interface Machine {
  readonly device: string;
  /** The version of the device, e.g. `TensorFlow 2.21.0`. */
  readonly version: string;
  readonly threads: number;
  readonly hardware: string;
  readonly node: string;
}

/** One finished run, as it is stored in the log. */
export interface RunRecord {
  /** The variant: the tricks that were on, in list order. */
  readonly tricks: readonly string[];
  readonly seed: number;
  /** Whether the loss became NaN or infinite. Then there are no figures. */
  readonly diverged: boolean;
  readonly figures: Outcome;
  /** The wall time of `trainer` and `fit`, without the start of the process. */
  readonly seconds: number;
  /** The processor time of the same, over all threads. */
  readonly cpuSeconds: number;
  /** The median wall time of a training step; 0 if no trainer used the job's plugins. */
  readonly stepMilliseconds: number;
  readonly steps: number;
  /** When it ended, as an ISO date and time. */
  readonly date: string;
  readonly machine: Machine;
}

/** The key of a run. It is the same for the same tricks and seed, in every design. */
export function runKey({ tricks, seed }: Pick<RunRecord, 'tricks' | 'seed'>): string {
  return JSON.stringify([tricks, seed]);
}
