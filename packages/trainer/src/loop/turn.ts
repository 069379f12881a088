/**
 * Waits for a turn of the event loop, so that timers, signals and a page's own events are heard.
 *
 * A message channel in a browser, which has no `setImmediate`: timers there wait for at least 4 ms.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof globalThis.setImmediate === 'function') {
      globalThis.setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    // Node's types know the port of its worker threads alone.
    Object.assign(port1, { onmessage: () => (port1.close(), resolve()) });
    port2.postMessage(undefined);
  });
}
