import type { DeviceName } from '@cantrip/ops';
import type { Fault } from './fault-hook.ts';

/** What one child process does. */
export interface RunConfig {
  /** The folder of the run: checkpoints, the logger's file, the outcome. */
  readonly folder: string;
  readonly device: DeviceName;
  readonly capture: boolean;
  /** The names of tricks that train too. */
  readonly tricks?: readonly string[];
  /** Whether each step waits for the disk, so that operations have the same numbers in each run. */
  readonly inOrder?: boolean;
  readonly fault?: Fault | undefined;
  /** The process dies at the end of this step. */
  readonly killAtStep?: number;
  /** The process takes all memory in this step. */
  readonly bombAtStep?: number;
  /** The clock goes back by an hour at this step. */
  readonly clockBackAt?: number;
  /** Milliseconds that each step takes longer. */
  readonly pause?: number;
}

/** The names of the files in the folder of a run. */
export const runFiles = { checkpoints: 'checkpoints', log: 'steps.log', outcome: 'outcome.bin' } as const;
