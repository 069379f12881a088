/** What tells the code of one asynchronous scope from that of others: Node's `AsyncLocalStorage`. */
export interface ScopeStorage {
  getStore(): Scope | undefined;
  run<T>(scope: Scope, fn: () => T): T;
}

/** A scope, and the one that it was opened in. */
export interface Scope {
  readonly parent: Scope | undefined;
}

/** The storage of this runtime; none in a browser. */
export function scopeStorage(): ScopeStorage | undefined {
  // Not imported, because a bundler for browsers would not find it.
  const hooks = globalThis.process?.getBuiltinModule?.('node:async_hooks');
  return hooks && new hooks.AsyncLocalStorage<Scope>();
}

/** Whether the running code belongs to a scope, or to one that was opened inside of it. */
export function isWithin(storage: ScopeStorage, scope: Scope): boolean {
  let running = storage.getStore();
  while (running !== undefined && running !== scope) running = running.parent;
  return running === scope;
}
