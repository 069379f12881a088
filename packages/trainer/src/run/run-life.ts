import { CantripError } from '@cantrip/errors';
import type { LiveRun } from './live-run.ts';
import { createLock, holdsLock, type Lock } from '../lock/lock.ts';
import { halfDone } from '../step/half-done.ts';

/** What a trainer is asked to do, by the name of its method. */
type Request = 'fit' | 'evaluate' | 'predict' | 'save' | 'restore' | 'open';

export interface RunLife {
  readonly lock: Lock;
  current(): LiveRun | undefined;
  /**
   * Runs work alone, between two steps.
   *
   * @param opening - set if a run that is opened for this work must be closed again when the work fails
   */
  alone<T>(
    what: Request,
    work: (live: LiveRun) => Promise<T>,
    opening?: { readonly seed: number | undefined },
  ): Promise<T>;
  /**
   * Runs work that takes turns of the lock itself. The run is open.
   *
   * @param prepare - runs before the run is opened, and says how it begins; what `begin` returns is passed to the work
   */
  along<T, B>(
    what: Request,
    work: (live: LiveRun, begun: B | undefined) => Promise<T>,
    prepare?: () => Promise<Beginning<B> | undefined>,
  ): Promise<T>;
  dispose(): void;
}

/** How a run begins that goes on with another one. */
export interface Beginning<B> {
  readonly seed: number | undefined;
  begin(live: LiveRun): Promise<B>;
}

/** Manages one run: it is opened once, does one thing at a time, and nothing after dispose. */
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

  /** Called only by code that holds the lock. So only code that needs the run waits for it to open. */
  async function open(what: Request, seed?: number): Promise<LiveRun> {
    if (disposed) throw afterDispose();
    if (live) {
      if (live.halfDone && what !== 'open' && what !== 'restore') throw halfDone(what, live.halfDone);
      // Another device may have become current since.
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

  /** @param opening - set if a run that is opened for this work must be closed again when the work fails */
  function aloneOpened<T>(
    what: Request,
    work: (live: LiveRun) => Promise<T>,
    opening?: { readonly seed: number | undefined },
  ): Promise<T> {
    return lock.alone(async () => {
      const wasOpen = live !== undefined;
      const opened = await open(what, opening?.seed);
      try {
        return await work(opened);
      } catch (error) {
        if (opening && !wasOpen) close(opened);
        throw error;
      }
    });
  }

  /** Closes the run as if it had never been opened. */
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
    alone: (what, work, opening) => during(what, () => aloneOpened(what, work, opening)),
    along: (what, work, prepare) =>
      during(what, async () => {
        const beginning = await prepare?.();
        const begin = async (opened: LiveRun): Promise<Parameters<typeof work>> => [
          opened,
          await beginning?.begin(opened),
        ];
        return work(...(await aloneOpened(what, begin, beginning)));
      }),
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
        ? 'Call it after fit has ended, not in a hook; run.stop() ends fit after the current step'
        : `Call it after ${other} has ended`,
  });
}

function calledWithin(what: string, within: string): CantripError {
  return new CantripError('TRAINER_BUSY', {
    who: 'trainer',
    what: `${what} must not be called by the data that ${within} reads`,
    fix: `Call it after ${within} has ended`,
  });
}

function withinOpening(what: string): CantripError {
  return new CantripError('TRAINER_BUSY', {
    who: 'trainer',
    what: `${what} must not be called by the model function or a plugin while the trainer is being opened`,
    fix: 'Call it after the trainer is open, for example in onTrainBegin',
  });
}

function afterDispose(): CantripError {
  return new CantripError('TRAINER_DISPOSED', {
    who: 'trainer',
    what: 'must not be used after dispose()',
    fix: 'Create a new trainer',
  });
}
