const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls `stop` at the first signal that would end the process. A second signal ends it as usual.
 *
 * @returns a function that stops listening
 */
export function onSignals(stop: (signal: string) => void): () => void {
  const ignore = (): void => signals.forEach((signal) => process.removeListener(signal, hear));
  const hear = (signal: string): void => {
    ignore();
    stop(signal);
  };
  signals.forEach((signal) => process.on(signal, hear));
  return ignore;
}
