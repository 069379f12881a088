/** Holds a value for the code that runs within a call, also after it has waited. */
export interface AsyncStorage<Value> {
  getStore(): Value | undefined;
  run<T>(value: Value, fn: () => T): T;
}

/**
 * Node's `AsyncLocalStorage`. A browser has none: there a value is held until the code within first waits, and a method of
 * a trainer that a hook or a data source calls later is taken for a call from outside.
 */
export function asyncStorage<Value>(): AsyncStorage<Value> {
  // Not imported, because a bundler for browsers would not find it.
  const hooks = globalThis.process?.getBuiltinModule?.('node:async_hooks');
  return hooks ? new hooks.AsyncLocalStorage<Value>() : untilItWaits<Value>();
}

function untilItWaits<Value>(): AsyncStorage<Value> {
  let current: Value | undefined;
  return {
    getStore: () => current,
    run(value, fn) {
      const outer = current;
      current = value;
      try {
        return fn();
      } finally {
        current = outer;
      }
    },
  };
}
