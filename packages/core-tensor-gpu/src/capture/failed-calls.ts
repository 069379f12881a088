const stoppers = new WeakSet<object>();
const inCall = new WeakSet<object>();

/** The error of a step that can't be recorded, or not called as recorded. */
export const markedAsStopped = (error: unknown): Error => marked(stoppers, error);

/** The error of a call that TensorFlow broke off. */
export const markedInCall = (error: unknown): Error => marked(inCall, error);

function marked(as: WeakSet<object>, error: unknown): Error {
  const failure = error instanceof Error ? error : new Error(String(error), { cause: error });
  as.add(failure);
  return failure;
}

/** Whether a call threw this because the step can't be recorded, or not called as recorded: then it had no effect. */
export const stoppedRecording = (error: unknown): error is Error => has(stoppers, error);

/** Whether a call that was not the first of its recording threw this: then it may have changed some of its variables. */
export const failedInCall = (error: unknown): error is Error => has(inCall, error);

const has = (marks: WeakSet<object>, error: unknown): boolean =>
  typeof error === 'object' && error !== null && marks.has(error);
