const setting = 'CANTRIP_STEP_THREADS';

/**
 * Runs work whose captured steps use all threads in an op, as steps op by op do. With other threads, convolutions differ
 * in their last bits, and Adam makes a large difference of one where a gradient is 0 but for rounding.
 */
export async function withAllThreads<T>(work: () => Promise<T>): Promise<T> {
  const environment = globalThis.process?.env ?? {};
  const before = environment[setting];
  environment[setting] = 'all';
  try {
    return await work();
  } finally {
    if (before === undefined) delete environment[setting];
    else environment[setting] = before;
  }
}
