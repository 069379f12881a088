import type { DeviceDescription } from '@cantrip/ops';
import type { DataPromise, Snapshot } from './snapshot.ts';
import type { HostContext, Logs, State } from './contexts.ts';

/** What a run consists of, in words and numbers: plain JSON data. A run that goes on later is compared with it. */
export type RunDescription = {
  /** The layers with their settings, or the variables of a model function. */
  readonly model?: unknown;
  /** The plugins in list order, by name and instance. */
  readonly plugins?: readonly string[];
  readonly optimizer?: {
    readonly name: string;
    readonly learningRate: number;
    readonly batchesPerStep: number;
    /** The names of its slots. Another optimizer cannot go on with them. */
    readonly keeps?: readonly string[];
    readonly settings?: Readonly<Record<string, unknown>>;
  };
  /** The loss of each output, with its factor in their sum. */
  readonly loss?: Readonly<Record<string, string>>;
  /** What the training data says about itself. Absent before the first `fit`. */
  readonly data?: DataPromise & { readonly batchSize?: number };
  /** The planned length, which schedules follow. Absent before the first `fit`. */
  readonly length?: { readonly epochs: number; readonly stepsPerEpoch: number; readonly totalSteps: number };
  /** What computed the numbers: the device, the versions of libraries and packages. */
  readonly library?: Readonly<Record<string, string>>;
};

/** A snapshot, and what it is a snapshot of. */
export interface SavedRun {
  readonly snapshot: Snapshot;
  readonly description: RunDescription;
}

/** Where runs are kept, e.g. a folder of checkpoints. It serves `trainer.saveTo` and the option `resume` of `fit`. */
export interface RunStore {
  /** Writes a run. Resolves once it is safe. */
  save(path: string, saved: SavedRun): Promise<void>;
  /**
   * Reads a run.
   *
   * @param from - a path, or `auto` for the newest run of this store
   * @param log - receives messages, e.g. which broken runs were passed over
   * @returns undefined if `auto` finds none
   */
  load(from: string, log: (message: string) => void): Promise<SavedRun | undefined>;
  /** The versions of packages that the run depends on, by name. */
  versions?(plugins: readonly string[]): Readonly<Record<string, string>>;
}

/** What `onTrainBegin` receives beside what every host hook receives. */
export interface TrainBegin {
  readonly device: DeviceDescription;
  /** What the run consists of: what a saved run is compared with when it goes on. */
  describe(): RunDescription;
}

/** What `onSettled` receives. */
export interface SettledContext<S extends State = State, Locals = unknown> extends HostContext<S, Locals> {
  /** What all plugins have been told of: the end of a step, of an epoch, or of `fit`. */
  readonly after: 'step' | 'epoch' | 'fit';
  /** With `after: 'epoch'`, the figures of the epoch. With `after: 'step'`, those of a validation after this step, if there was one. */
  readonly logs?: Logs | undefined;
  /** As in `onEpochEnd`. */
  readonly validationLeftOut?: true;
  /**
   * The run as it is now. The losses and the parameters are read first, so a run that has diverged is not saved.
   *
   * @throws CantripError LOSS_NOT_FINITE, PARAMETER_NOT_FINITE
   */
  save(): Promise<SavedRun>;
}
