/** A value that is known to all code that is called within a function, also after that code has waited. */
export interface AsyncScope<T> {
  within<R>(value: T, work: () => R): R;
  current(): T | undefined;
}

/**
 * Node's way, `AsyncLocalStorage`. A browser has none: there a value is known until the code within first waits, and what
 * a hook or a data source asks of its trainer after that is taken for a call from outside. This is the one file that knows.
 */
export function createAsyncScope<T>(): AsyncScope<T> {
  // Not imported, because a bundler for browsers would not find it.
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
