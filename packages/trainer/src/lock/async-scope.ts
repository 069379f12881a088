import { AsyncLocalStorage } from 'node:async_hooks';

/** A value that is known to all code that is called within a function, also after that code has waited. */
export interface AsyncScope<T> {
  within<R>(value: T, work: () => R): R;
  current(): T | undefined;
}

/** Node's way. This is the one file that knows of it, for browsers have none yet. */
export function createAsyncScope<T>(): AsyncScope<T> {
  const storage = new AsyncLocalStorage<T>();
  return {
    within: (value, work) => storage.run(value, work),
    current: () => storage.getStore(),
  };
}
