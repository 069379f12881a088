const signals = ['SIGINT', 'SIGTERM'] as const;

/**
 * Calls `stop` with the signal's name at the first SIGINT (Ctrl-C) or SIGTERM instead of ending the process. A second
 * signal ends it as usual, whichever it is. Browsers have no such signals.
 *
 * @returns a function that stops listening
 */
export function onInterrupt(stop: (signal: string) => void): () => void {
  const { process } = globalThis;
  if (typeof process?.on !== 'function') return () => undefined;
  // The name comes from here, because code that emits the event may leave it out.
  const listeners = signals.map((signal) => {
    const hear = (): void => {
      ignore();
      stop(signal);
    };
    process.on(signal, hear);
    return [signal, hear] as const;
  });
  function ignore(): void {
    for (const [signal, hear] of listeners) process.removeListener(signal, hear);
  }
  return ignore;
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
