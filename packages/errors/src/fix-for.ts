/**
 * What to do about a value of the wrong kind.
 *
 * @param wanted - what the value may be, as `a number >= 0 and < 1`
 */
export function fixFor(path: string, received: unknown, wanted: string): string {
  return fixForKind(path, received) ?? `Set ${path} to ${wanted}`;
}

/** What to do about a value that was not awaited or not called; undefined for any other. */
export function fixForKind(path: string, received: unknown): string | undefined {
  if (received instanceof Promise) return `Await ${path} first`;
  if (typeof received === 'function')
    return `Give ${path} what the function returns, not the function itself`;
  return undefined;
}
