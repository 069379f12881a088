import { readdirSync, readFileSync } from 'node:fs';

interface ContextThreads {
  readonly intraOpThreads?: number;
  readonly interOpThreads?: number;
}

let counted: ContextThreads = {};

/** How many threads TensorFlow started with its first context: its pools serve every later one. */
export function contextThreads(): ContextThreads {
  return counted;
}

/** Opens a context and counts the threads that appear meanwhile; synchronous, so that Node starts none of its own. */
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

/** Whether this process has a thread of that name; undefined where the system does not tell. */
export function hasThread(name: string): boolean | undefined {
  return threadNames()?.includes(name);
}

/** The names of this process's threads; undefined where the system does not tell. */
function threadNames(): string[] | undefined {
  try {
    return readdirSync('/proc/self/task').map((id) =>
      readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim(),
    );
  } catch {
    return undefined;
  }
}
