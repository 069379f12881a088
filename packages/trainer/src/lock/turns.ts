/** What asks for a turn: a step of `fit`, a hook between two steps, or other code. */
export type Asker = 'step' | 'hook' | 'other';

/** Runs one piece of work at a time. */
export interface Turns {
  /** Runs work in its own turn. */
  take<T>(asker: Asker, work: () => Promise<T>): Promise<T>;
  /** Waits until all work has ended, including work that is requested meanwhile. */
  empty(): Promise<void>;
}

/**
 * Gives turns in the order of the requests, with two exceptions. Hooks go first, because a step waits for them.
 * Between two steps, other code gets one turn, and more turns while they take no longer than the last step took.
 * Without this limit, fast repeated requests would delay the steps forever.
 */
export function createTurns(): Turns {
  const waiting: Record<Asker, (() => void)[]> = { step: [], hook: [], other: [] };
  const idle: (() => void)[] = [];
  let busy = false;
  let share = 0;
  let servedOther = false;

  function choose(): Asker | undefined {
    if (waiting.hook.length > 0) return 'hook';
    if (waiting.step.length === 0) return waiting.other.length > 0 ? 'other' : undefined;
    return waiting.other.length > 0 && (!servedOther || share > 0) ? 'other' : 'step';
  }

  function next(): void {
    const asker = choose();
    busy = asker !== undefined;
    if (asker) waiting[asker].shift()!();
    else for (const tell of idle.splice(0)) tell();
  }

  function ended(asker: Asker, milliseconds: number): void {
    if (asker === 'step') [share, servedOther] = [milliseconds, false];
    if (asker === 'other') [share, servedOther] = [share - milliseconds, true];
    next();
  }

  return {
    async take(asker, work) {
      await new Promise<void>((resolve) => {
        waiting[asker].push(resolve);
        if (!busy) next();
      });
      const started = performance.now();
      try {
        return await work();
      } finally {
        ended(asker, performance.now() - started);
      }
    },
    async empty() {
      while (busy) await new Promise<void>((resolve) => idle.push(resolve));
    },
  };
}
