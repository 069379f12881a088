import type { Outcome } from '../design/define-ablation.ts';

/** What a run was trained on. */
export interface Machine {
  readonly device: string;
  /** E.g. `TensorFlow 2.21.0`. */
  readonly version: string;
  readonly threads: number;
  readonly hardware: string;
  readonly node: string;
}

/** One finished run, as it stands in the log. */
export interface RunRecord {
  /** The variant: which tricks were on, in list order. */
  readonly tricks: readonly string[];
  readonly seed: number;
  /** Whether the loss became NaN or infinite; then there are no figures. */
  readonly diverged: boolean;
  readonly figures: Outcome;
  /** Wall time of `trainer` and `fit`, without the start of the process. */
  readonly seconds: number;
  /** Processor time of the same, of all threads. */
  readonly cpuSeconds: number;
  /** Median wall time of a training step; 0 where no trainer with the job's plugins was used. */
  readonly stepMilliseconds: number;
  readonly steps: number;
  /** When it ended: an ISO date and time. */
  readonly date: string;
  readonly machine: Machine;
}

/** The same for the same tricks and seed, in every design. */
export function runKey({ tricks, seed }: Pick<RunRecord, 'tricks' | 'seed'>): string {
  return JSON.stringify([tricks, seed]);
}
