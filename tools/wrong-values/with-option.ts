/**
 * A copy of options in which one has another value; all else is the very same.
 *
 * @param path - `batchSize`, or of an option within others `position.epoch`, of an entry of an array `layers.0`
 */
export function withOption(given: unknown, path: string, value: unknown): unknown {
  const [first = '', ...rest] = path.split('.');
  if (path === '') return value;
  if (Array.isArray(given)) {
    return given.with(Number(first), withOption(given[Number(first)], rest.join('.'), value));
  }
  const within = (given as Readonly<Record<string, unknown>> | undefined)?.[first];
  return { ...(given as object), [first]: withOption(within, rest.join('.'), value) };
}

/** What stands at a path of options. */
export function optionAt(given: unknown, path: string): unknown {
  if (path === '') return given;
  return path
    .split('.')
    .reduce((at, key) => (at as Readonly<Record<string, unknown>> | undefined)?.[key], given);
}
