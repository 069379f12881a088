/**
 * Runs `work` on all jobs in order, at most `size` at a time. The first failure aborts the others, and is thrown when
 * all have ended.
 *
 * @param abort - aborting it from outside also ends the pool
 */
export async function runPool<Job>(
  jobs: readonly Job[],
  size: number,
  abort: AbortController,
  work: (job: Job, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  let next = 0;
  const { signal } = abort;
  const worker = async (): Promise<void> => {
    while (next < jobs.length && !signal.aborted) {
      try {
        await work(jobs[next++]!, signal);
      } catch (error) {
        // Only the first reason counts: later failures come from runs that it ended.
        abort.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(size, jobs.length) }, worker));
  signal.throwIfAborted();
}
