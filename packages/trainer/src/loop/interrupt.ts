/**
 * Calls `stop` at the first SIGINT (Ctrl-C) instead of ending the process. A second SIGINT ends it as usual. Browsers
 * have no such signals.
 *
 * @returns a function that stops listening
 */
export function onInterrupt(stop: () => void): () => void {
  const { process } = globalThis;
  if (typeof process?.once !== 'function') return () => undefined;
  process.once('SIGINT', stop);
  return () => {
    process.removeListener('SIGINT', stop);
  };
}

/**
 * Calls `stop` with the reason when an AbortSignal is aborted.
 *
 * @returns a function that stops listening
 */
export function onAbort(signal: AbortSignal | undefined, stop: (reason: string) => void): () => void {
  if (!signal) return () => undefined;
  const listener = (): void => stop(abortReason(signal));
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/** Why a signal was aborted, in words. */
export function abortReason({ reason }: AbortSignal): string {
  return reason instanceof Error ? reason.message : String(reason);
}
