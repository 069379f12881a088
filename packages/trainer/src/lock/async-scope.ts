/** A value that all code called within a function can see, even after that code has waited. */
export interface AsyncScope<T> {
  within<R>(value: T, work: () => R): R;
  current(): T | undefined;
}

/**
 * Creates a scope. In Node it uses `AsyncLocalStorage`. Browsers have nothing like it. There, the value is known only
 * until the code within first waits; later calls by a hook or data source count as calls from outside. Only this file
 * knows the difference.
 */
export function createAsyncScope<T>(): AsyncScope<T> {
  // Not imported, because bundlers for browsers would not find it.
  const hooks = globalThis.process?.getBuiltinModule?.('node:async_hooks');
  if (!hooks) return untilItWaits();
  const storage = new hooks.AsyncLocalStorage<T>();
  return {
    within: (value, work) => storage.run(value, work),
    current: () => storage.getStore(),
  };
}

function untilItWaits<T>(): AsyncScope<T> {
  let current: T | undefined;
  return {
    within(value, work) {
      const outer = current;
      current = value;
      try {
        return work();
      } finally {
        current = outer;
      }
    },
    current: () => current,
  };
}
