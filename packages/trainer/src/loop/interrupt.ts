/**
 * Calls `stop` at the first SIGINT (Ctrl-C) instead of ending the process; a second one ends it as usual.
 *
 * @returns how to stop listening
 */
export function onInterrupt(stop: () => void): () => void {
  process.once('SIGINT', stop);
  return () => {
    process.removeListener('SIGINT', stop);
  };
}
