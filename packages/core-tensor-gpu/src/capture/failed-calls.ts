const stoppers = new WeakSet<object>();
const inCall = new WeakSet<object>();

/** Marks the error of a step that cannot be recorded, or cannot be called as recorded. */
export const markedAsStopped = (error: unknown): Error => marked(stoppers, error);

/** Marks the error of a call that TensorFlow aborted. */
export const markedInCall = (error: unknown): Error => marked(inCall, error);

function marked(as: WeakSet<object>, error: unknown): Error {
  const failure = error instanceof Error ? error : new Error(String(error), { cause: error });
  as.add(failure);
  return failure;
}

/**
 * Returns whether a call threw this error because the step cannot be recorded, or cannot be called as recorded. Such
 * a call had no effect.
 */
export const stoppedRecording = (error: unknown): error is Error => has(stoppers, error);

/** Returns whether a later call of a recording threw this error. Such a call may have changed some variables. */
export const failedInCall = (error: unknown): error is Error => has(inCall, error);

const has = (marks: WeakSet<object>, error: unknown): boolean =>
  typeof error === 'object' && error !== null && marks.has(error);
