import { join } from 'node:path';
import type { SavedRun } from '@cantrip/trainer';
import { checkpointName } from '../format/checkpoint-name.ts';
import { pruneCheckpoints } from '../format/prune-checkpoints.ts';
import { writeCheckpoint } from '../format/write-checkpoint.ts';

/** Writes the checkpoints of one run, one after another, beside the steps. */
export interface Writer {
  /** Whether one is being written and another one waits. A third copy of the run would only take memory. */
  full(): boolean;
  /**
   * Writes after those that wait. Never throws.
   *
   * @param best - whether this is the best one so far
   * @param failed - called if it cannot be written
   */
  write(saved: SavedRun, best: boolean, failed?: () => void): void;
  /** When all are written. */
  idle(): Promise<void>;
  /** The path of the newest one that was written. */
  newest(): string | undefined;
  /** Why checkpoints could not be written, in their order. */
  failures(): readonly string[];
}

export interface WriterOptions {
  readonly folder: string;
  readonly keep: number;
  /** The step of the best checkpoint that an earlier run has written. */
  readonly bestStep: number | undefined;
  log(message: string): void;
}

/** Creates the writer of a folder. */
export function createWriter({ folder, keep, bestStep, log }: WriterOptions): Writer {
  const failures: string[] = [];
  let best = bestStep;
  let newest: string | undefined;
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();

  async function attempt(saved: SavedRun, isBest: boolean, failed: () => void): Promise<void> {
    const { step } = saved.snapshot.position;
    const path = join(folder, checkpointName(step));
    let written = false;
    try {
      newest = (await writeCheckpoint(path, saved)).path;
      written = true;
      // Only now, so that the old best one stays if the new one could not be written.
      if (isBest) best = step;
      await pruneCheckpoints(folder, { keep, spare: best === undefined ? [] : [checkpointName(best)] });
    } catch (error) {
      const message = (error as Error).message.replace(/\.$/, '');
      failures.push(message);
      if (!written) failed();
      log(`${message} The run goes on${newest === undefined ? '' : `; the newest checkpoint is ${newest}`}.`);
    }
  }

  return {
    full: () => waiting > 1,
    write(saved, isBest, failed = () => undefined) {
      waiting += 1;
      last = last
        .then(afterAWhile)
        .then(() => attempt(saved, isBest, failed))
        .finally(() => void (waiting -= 1));
    },
    idle: () => last,
    newest: () => newest,
    failures: () => [...failures],
  };
}

/** Lets the next step begin first, because preparing the files takes the time of the main thread. */
const afterAWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, WAIT));

/** Milliseconds. The next step often needs several turns of the event loop before it begins, e.g. for its batch. */
const WAIT = 20;
