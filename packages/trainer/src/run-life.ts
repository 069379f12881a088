import { CantripError } from '@cantrip/errors';
import type { LiveRun } from './live-run.ts';

export interface RunLife {
  open(seed?: number): Promise<LiveRun>;
  current(): LiveRun | undefined;
  exclusively<T>(what: string, work: (live: LiveRun) => Promise<T>, seed?: number): Promise<T>;
  dispose(): void;
}

/** One run, opened once; one thing at a time; nothing after dispose. */
export function createLife(openOnce: (seed?: number) => Promise<LiveRun>): RunLife {
  let opening: Promise<LiveRun> | undefined;
  let live: LiveRun | undefined;
  let busy: string | undefined;
  let disposed = false;
  const open = async (seed?: number): Promise<LiveRun> => {
    if (disposed) throw afterDispose();
    opening ??= openOnce(seed).catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    live = await opening;
    // Another device may have been opened or set since.
    live.device.use();
    return live;
  };
  return {
    open,
    current: () => live,
    async exclusively(what, work, seed) {
      if (busy) throw alreadyBusy(what, busy);
      busy = what;
      try {
        return await work(await open(seed));
      } finally {
        busy = undefined;
      }
    },
    dispose() {
      if (busy) throw alreadyBusy('dispose', busy);
      disposed = true;
      live?.dispose();
      live = undefined;
    },
  };
}

function alreadyBusy(what: string, busy: string): CantripError {
  return new CantripError('TRAINER_BUSY', {
    who: 'trainer',
    what: `${what} was called while ${busy} is running`,
    fix: `Await ${busy} first`,
  });
}

function afterDispose(): CantripError {
  return new CantripError('TRAINER_DISPOSED', {
    who: 'trainer',
    what: 'was used after dispose()',
    fix: 'Create a new trainer',
  });
}
