import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@cantrip/trainer';
import { eventFilesIn } from '../writer/event-file-name.ts';
import { type EventStream, eventStream } from '../writer/event-stream.ts';

/** The event files of one `fit`, by their folder. */
export interface RunFolders {
  /** What steps write. */
  readonly steps: EventStream;
  /** The table of hyperparameters. */
  readonly settings: EventStream;
  /** What epochs write: `train`, `validation` and others. */
  of(folder: string): EventStream;
  /** Whether the folder has events of a run that is begun anew. */
  readonly replacesOther: boolean;
  idle(): Promise<void>;
  close(): Promise<void>;
}

const settingsEnding = '.hparams';

/**
 * Opens the event files of a `fit`.
 *
 * Steps and epochs have folders of their own, because TensorBoard drops events of a whole folder from a step on, and a run may
 * have been saved after the last step of an epoch, but before the figures of this epoch were written.
 */
export function openFolders(
  folder: string,
  { step, batch }: Pick<Clock, 'step' | 'batch'>,
  failed: (error: unknown, lost: number) => void,
): RunFolders {
  const epochs = new Map<string, EventStream>();
  const hasEvents = (name: string): boolean => eventFilesIn(join(folder, name)).length > 0;
  const open = (name: string, purgeStep: number): EventStream =>
    eventStream(join(folder, name), { failed, ...(hasEvents(name) && { purgeStep }) });
  const replacesOther = step === 0 && hasEvents('steps');
  const steps = open('steps', step === 0 ? 0 : step + 1);
  // Only one beginning and one end count, and TensorBoard takes the first ones.
  for (const name of eventFilesIn(folder))
    if (name.endsWith(settingsEnding)) rmSync(join(folder, name), { force: true });
  const settings = eventStream(folder, { failed, ending: settingsEnding });
  const all = (): readonly EventStream[] => [steps, settings, ...epochs.values()];
  return {
    steps,
    settings,
    replacesOther,
    of(name) {
      const known = epochs.get(name);
      if (known) return known;
      const opened = open(name, step === 0 || batch > 0 ? step : step + 1);
      epochs.set(name, opened);
      return opened;
    },
    async idle() {
      await Promise.all(all().map((one) => one.idle()));
    },
    async close() {
      await Promise.all(all().map((one) => one.close()));
    },
  };
}
