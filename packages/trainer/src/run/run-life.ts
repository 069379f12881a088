import { CantripError } from '@cantrip/errors';
import type { LiveRun } from './live-run.ts';
import { createLock, holdsLock, type Lock } from '../lock/lock.ts';
import { halfDone } from '../step/half-done.ts';

/** What a trainer is asked for, as its methods are called. */
type Request = 'fit' | 'evaluate' | 'predict' | 'save' | 'restore' | 'open';

export interface RunLife {
  readonly lock: Lock;
  current(): LiveRun | undefined;
  /**
   * Does something between two steps, alone.
   *
   * @param opening - given where a run that is opened for this work is closed again if the work fails
   */
  alone<T>(
    what: Request,
    work: (live: LiveRun) => Promise<T>,
    opening?: { readonly seed: number | undefined },
  ): Promise<T>;
  /** Does something in its own turns of the lock, with a run that is open. */
  along<T>(what: Request, work: (live: LiveRun) => Promise<T>): Promise<T>;
  dispose(): void;
}

/** One run, opened once; one thing at a time; nothing after dispose. */
export function createLife(openOnce: (lock: Lock, seed?: number) => Promise<LiveRun>): RunLife {
  const lock = createLock();
  const running: Request[] = [];
  let live: LiveRun | undefined;
  let opening = false;
  let disposed = false;

  async function during<T>(what: Request, work: () => Promise<T>): Promise<T> {
    refuse(what);
    running.push(what);
    try {
      return await work();
    } finally {
      running.splice(running.indexOf(what), 1);
    }
  }

  /** Called by whoever holds the lock, so that nobody waits for an opening but those whom the opening waits for. */
  async function open(what: Request, seed?: number): Promise<LiveRun> {
    if (disposed) throw afterDispose();
    if (live) {
      if (live.halfDone && what !== 'open' && what !== 'restore') throw halfDone(what, live.halfDone);
      // Another device may have been opened or set since.
      live.device.use();
      return live;
    }
    if (opening) throw withinOpening(what);
    opening = true;
    try {
      return (live = await lock.lending({ during: 'open' }, () => openOnce(lock, seed)));
    } finally {
      opening = false;
    }
  }

  /** As if it had never been opened. */
  function close(opened: LiveRun): void {
    live = undefined;
    opened.discard();
  }

  function refuse(what: Request): void {
    if (what === 'fit' && running.includes('fit')) throw busy(what, 'fit');
    if (what === 'restore' && running.includes('fit')) throw busy(what, 'fit');
    const within = lock.callers().find(holdsLock)?.during;
    if (within === 'open') throw withinOpening(what);
    const changes = what === 'fit' || what === 'restore';
    if (within !== undefined && (changes || what === within)) throw calledWithin(what, within);
  }

  return {
    lock,
    current: () => live,
    alone: (what, work, opening) =>
      during(what, () =>
        lock.alone(async () => {
          const wasOpen = live !== undefined;
          const opened = await open(what, opening?.seed);
          try {
            return await work(opened);
          } catch (error) {
            if (opening && !wasOpen) close(opened);
            throw error;
          }
        }),
      ),
    along: (what, work) => during(what, async () => work(await lock.alone(() => open(what)))),
    dispose() {
      const other = running.find((what) => what === 'fit') ?? running[0];
      if (other) throw busy('dispose', other);
      disposed = true;
      live?.dispose();
      live = undefined;
    },
  };
}

function busy(what: string, other: Request): CantripError {
  return new CantripError('TRAINER_BUSY', {
    who: 'trainer',
    what: `${what} was called while ${other} is running`,
    fix:
      other === 'fit'
        ? 'Call it when fit has ended, not in a hook; run.stop() ends fit after its step'
        : `Call it when ${other} has ended`,
  });
}

function calledWithin(what: string, within: string): CantripError {
  return new CantripError('TRAINER_BUSY', {
    who: 'trainer',
    what: `${what} was called by the data that ${within} reads`,
    fix: `Call it when ${within} has ended`,
  });
}

function withinOpening(what: string): CantripError {
  return new CantripError('TRAINER_BUSY', {
    who: 'trainer',
    what: `${what} was called by the model function or a plugin while the trainer is opened`,
    fix: 'Call it when the trainer is open, for example in onTrainBegin',
  });
}

function afterDispose(): CantripError {
  return new CantripError('TRAINER_DISPOSED', {
    who: 'trainer',
    what: 'was used after dispose()',
    fix: 'Create a new trainer',
  });
}
