/**
 * Returns what to do about a value of the wrong kind.
 *
 * @param wanted - the allowed values, e.g. `a number >= 0 and < 1`
 */
export function fixFor(path: string, received: unknown, wanted: string): string {
  return fixForKind(path, received) ?? `Set ${path} to ${wanted}`;
}

/** Returns what to do about a value that was not awaited or not called; undefined for any other value. */
export function fixForKind(path: string, received: unknown): string | undefined {
  if (received instanceof Promise) return `Await ${path} first`;
  if (typeof received === 'function') return `Pass the result of the function as ${path}, not the function`;
  return undefined;
}
