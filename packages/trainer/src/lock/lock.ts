import type { HookName } from '../contract/hook-names.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import { createAsyncScope } from './async-scope.ts';
import { type Asker, createTurns, type Turns } from './turns.ts';

type Work<T> = () => Promise<T>;

/** The code that is running: a hook of a plugin, or other code that the trainer calls, such as a data source. */
export interface Caller {
  readonly plugin?: AnyPlugin;
  readonly hook?: HookName;
  /** What the trainer is doing meanwhile, e.g. `evaluate`. */
  readonly during: string;
  /** Whether the code runs beside the steps, as the data that `fit` reads: the lock is not held for it. */
  readonly beside?: boolean;
}

/** The right of others' code to be called, for as long as it is not ended. */
export interface Lending {
  /** Calls it. */
  within<T>(work: () => T): T;
  /** When what the code asked for is done. */
  end(): Promise<void>;
}

/** Lets only one piece of work at a time read or change a run. */
export interface Lock {
  /** Runs work in its own turn. No other work of this lock runs meanwhile. */
  alone<T>(work: Work<T>): Promise<T>;
  /** Like {@link alone}, for a step of `fit`. A step goes first once other code has had its share of turns. */
  step<T>(work: Work<T>): Promise<T>;
  /**
   * Runs work that calls foreign code. If the work holds the lock, requests from that code run at once, because
   * otherwise they would wait forever.
   */
  lending<T>(caller: Caller, work: () => T | Promise<T>): Promise<T>;
  /** As {@link lending}, for code that is called again and again. */
  lend(caller: Caller): Lending;
  /** The callers that are running now, innermost first; empty outside of everything. */
  callers(): readonly Caller[];
}

/** Whether the lock is held while the code runs: hooks run between two turns of it, and data of `fit` beside them. */
export const holdsLock = ({ hook, beside }: Caller): boolean => hook === undefined && beside !== true;

interface Loan {
  readonly lock: Lock;
  readonly caller: Caller;
  readonly outer: Loan | undefined;
  readonly turns: Turns;
  ended: boolean;
}

/** One scope for all locks: if code of one trainer runs within another trainer, both know it. */
const loans = createAsyncScope<Loan>();

export function createLock(): Lock {
  const turns = createTurns();
  const asker = (): Asker => (current(lock).length > 0 ? 'hook' : 'other');
  const lock: Lock = {
    alone: (work) => (current(lock).find(holds)?.turns ?? turns).take(asker(), work),
    step: (work) => turns.take('step', work),
    async lending(caller, work) {
      const loan = lock.lend(caller);
      try {
        return await loan.within(async () => work());
      } finally {
        await loan.end();
      }
    },
    lend(caller) {
      const loan: Loan = { lock, caller, outer: loans.current(), turns: createTurns(), ended: false };
      return {
        within: (work) => loans.within(loan, work),
        async end() {
          await loan.turns.empty();
          loan.ended = true;
        },
      };
    },
    callers: () => current(lock).map(({ caller }) => caller),
  };
  return lock;
}

const holds = ({ caller }: Loan): boolean => holdsLock(caller);

function current(lock: Lock): readonly Loan[] {
  const found: Loan[] = [];
  for (let loan = loans.current(); loan; loan = loan.outer) {
    if (loan.lock === lock && !loan.ended) found.push(loan);
  }
  return found;
}
