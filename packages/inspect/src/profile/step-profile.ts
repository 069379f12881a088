import type { OpTime } from './op-times.ts';

/** Where the time of a training step goes. `profile.json` of a run folder holds it. */
export interface StepProfile {
  readonly format: 'cantrip-profile';
  readonly version: 1;
  /** The ops by their time, the longest first. */
  readonly rows: readonly OpTime[];
  /** The milliseconds of a step that runs op by op, with what JavaScript does between the ops: the median. */
  readonly step: number;
  /** The milliseconds of a captured step; absent if the trainer does not capture. */
  readonly capturedStep?: number;
  /** The number of steps that were measured. */
  readonly steps: number;
  /** The device, e.g. `tensorflow`. */
  readonly device: string;
}
