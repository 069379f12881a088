/** What to do about a value of the wrong kind. */
export function fixFor(
  path: string,
  received: unknown,
  otherwise = `Give ${path} a value that fits`,
): string {
  if (received instanceof Promise) return `Await ${path} first`;
  if (typeof received === 'function')
    return `Give ${path} what the function returns, not the function itself`;
  return otherwise;
}
