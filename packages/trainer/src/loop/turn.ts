/**
 * Waits for a turn of the event loop, so timers, signals and page events are handled.
 *
 * Browsers have no `setImmediate`, and their timers wait at least 4 ms. A message channel is used there.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof globalThis.setImmediate === 'function') {
      globalThis.setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    // Node's types know only the port of worker threads.
    Object.assign(port1, { onmessage: () => (port1.close(), resolve()) });
    port2.postMessage(undefined);
  });
}
