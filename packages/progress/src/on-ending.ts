const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls a function once, when the process exits or gets a signal that ends it. The signal has the effect that it would have had
 * without this: the listeners of others hear it, and where there are none it ends the process.
 *
 * @returns a function that stops listening
 */
export function onEnding(call: () => void): () => void {
  const listeners = signals.map((signal) => {
    const hear = (): void => {
      call();
      forget();
      // Node gives up the effect of a signal that anybody listens to.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    };
    // First, because others may stop listening at the first signal, e.g. the trainer, which then goes on to the end of its step.
    process.prependListener(signal, hear);
    return [signal, hear] as const;
  });
  process.once('exit', call);
  function forget(): void {
    process.removeListener('exit', call);
    for (const [signal, hear] of listeners) process.removeListener(signal, hear);
  }
  return forget;
}
