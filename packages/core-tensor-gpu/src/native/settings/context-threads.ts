import { readdirSync, readFileSync } from 'node:fs';

interface ContextThreads {
  readonly intraOpThreads?: number;
  readonly interOpThreads?: number;
}

let counted: ContextThreads = {};

/** The number of threads that TensorFlow started with its first context. All later contexts use the same pools. */
export function contextThreads(): ContextThreads {
  return counted;
}

/**
 * Opens a context and counts the threads that appear. It is synchronous, so Node starts none of its own meanwhile.
 */
export function countingThreads<T>(open: () => T): T {
  const before = threadNames();
  const context = open();
  const after = threadNames();
  if (
    before !== undefined &&
    after !== undefined &&
    after.length > before.length &&
    !('interOpThreads' in counted)
  ) {
    const isCompute = (name: string): boolean => name === 'tf_Compute';
    const interOpThreads = after.filter(isCompute).length - before.filter(isCompute).length;
    counted = { interOpThreads, intraOpThreads: after.length - before.length - interOpThreads };
  }
  return context;
}

/** Whether this process has a thread of that name; undefined if the system does not report it. */
export function hasThread(name: string): boolean | undefined {
  return threadNames()?.includes(name);
}

/** The names of this process's threads; undefined if the system does not report them. */
function threadNames(): string[] | undefined {
  try {
    return readdirSync('/proc/self/task').map((id) =>
      readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim(),
    );
  } catch {
    return undefined;
  }
}
