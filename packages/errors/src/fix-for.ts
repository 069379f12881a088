/**
 * What to do about a value of the wrong kind.
 *
 * @param complaint - what is wrong, as `must be < 1`
 * @param wanted - what the value may be, where that is known whole, as `a number >= 0 and < 1`
 */
export function fixFor(path: string, received: unknown, complaint: string, wanted?: string): string {
  return fixForKind(path, received) ?? `Set ${path} to ${wanted ?? wantedBy(complaint)}`;
}

/** What to do about a value that was not awaited or not called; undefined for any other. */
export function fixForKind(path: string, received: unknown): string | undefined {
  if (received instanceof Promise) return `Await ${path} first`;
  if (typeof received === 'function')
    return `Give ${path} what the function returns, not the function itself`;
  return undefined;
}

/** `must be in [0, 1)` as `a number in [0, 1)`. */
function wantedBy(complaint: string): string {
  const wanted = /^must be (.+)$/.exec(complaint)?.[1];
  if (wanted === undefined) return 'a value that is allowed';
  if (/^([<>]|in [[(])/.test(wanted)) return `a number ${wanted}`;
  if (wanted === 'finite') return 'a finite number';
  return /^(an? |one |["[{\d]|true|false|undefined|null)/.test(wanted) ? wanted : `a value that is ${wanted}`;
}
