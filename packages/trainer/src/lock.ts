import { AsyncLocalStorage } from 'node:async_hooks';
import type { HookName } from './plugins/hook-names.ts';
import type { AnyPlugin } from './plugins/plugin.ts';

type Work<T> = () => Promise<T>;

/** Whose code asks: a hook of a plugin, or what something of the trainer's calls while it runs, such as a data source. */
export interface Caller {
  readonly plugin?: AnyPlugin;
  readonly hook?: HookName;
  /** What the trainer does meanwhile: `evaluate`. */
  readonly during: string;
}

/** Lets one thing at a time see or change a run. */
export interface Lock {
  /** Runs work when all that was asked for before has ended; what is asked for later waits for it. */
  alone<T>(work: Work<T>): Promise<T>;
  /**
   * Runs work that calls code of others. While it runs, what that code asks for in turn is done at once where work
   * itself holds the lock: it would wait for ever otherwise.
   */
  lending<T>(caller: Caller, work: () => T | Promise<T>): Promise<T>;
  /** Whose code asks now, from the inside out; none where the caller stands outside of everything. */
  callers(): readonly Caller[];
}

interface Loan {
  readonly lock: Lock;
  readonly caller: Caller;
  readonly outer: Loan | undefined;
  readonly queue: Queue;
  ended: boolean;
}

/** One for all locks, so that code of one trainer that runs within another's is known to both. */
const loans = new AsyncLocalStorage<Loan>();

export function createLock(): Lock {
  const queue = createQueue();
  const lock: Lock = {
    alone: (work) => (current(lock).find(holds)?.queue ?? queue).run(work),
    async lending(caller, work) {
      const loan: Loan = { lock, caller, outer: loans.getStore(), queue: createQueue(), ended: false };
      try {
        return await loans.run(loan, async () => work());
      } finally {
        await loan.queue.empty();
        loan.ended = true;
      }
    },
    callers: () => current(lock).map(({ caller }) => caller),
  };
  return lock;
}

/** Hooks run between two turns of the lock, all else within one. */
const holds = ({ caller }: Loan): boolean => caller.hook === undefined;

function current(lock: Lock): readonly Loan[] {
  const found: Loan[] = [];
  for (let loan = loans.getStore(); loan; loan = loan.outer) {
    if (loan.lock === lock && !loan.ended) found.push(loan);
  }
  return found;
}

interface Queue {
  run<T>(work: Work<T>): Promise<T>;
  /** When all has ended that was put in before or meanwhile. */
  empty(): Promise<void>;
}

function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(work) {
      const result = last.then(work);
      last = result.catch(() => undefined);
      return result;
    },
    async empty() {
      for (let seen; seen !== last;) await (seen = last);
    },
  };
}
