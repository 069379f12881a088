/** Separates the code of asynchronous scopes: Node's `AsyncLocalStorage`. */
export interface ScopeStorage {
  getStore(): Scope | undefined;
  run<T>(scope: Scope, fn: () => T): T;
}

/** A scope, and the scope in which it was opened. */
export interface Scope {
  readonly parent: Scope | undefined;
}

/** The storage of this runtime; undefined in a browser. */
export function scopeStorage(): ScopeStorage | undefined {
  // Not imported, because a bundler for browsers cannot find it.
  const hooks = globalThis.process?.getBuiltinModule?.('node:async_hooks');
  return hooks && new hooks.AsyncLocalStorage<Scope>();
}

/** Whether the running code belongs to a scope, or to a scope opened inside it. */
export function isWithin(storage: ScopeStorage, scope: Scope): boolean {
  let running = storage.getStore();
  while (running !== undefined && running !== scope) running = running.parent;
  return running === scope;
}
