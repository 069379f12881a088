import { nextTurn } from './turn.ts';

/**
 * Requests the next value while the caller still works on the last one. So a batch is prepared while the step runs.
 *
 * An error is thrown when its value is due. If the caller stops early, the source is closed.
 *
 * @param unread - called with a value that was requested but will not be used
 */
export async function* oneAhead<T>(
  source: AsyncIterable<T> | Iterable<T>,
  unread: (value: T) => void = () => undefined,
): AsyncGenerator<T> {
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let finished = false;
  // Waits for a turn of the event loop, so the caller can start its step first.
  const ask = (): Promise<IteratorResult<T>> => {
    const result = nextTurn().then(() => iterator.next());
    result.catch(() => undefined);
    return result;
  };
  let upcoming = ask();
  try {
    for (;;) {
      const result = await upcoming;
      finished = result.done === true;
      if (result.done) return;
      upcoming = ask();
      yield result.value;
    }
  } finally {
    if (!finished) {
      // This value was already requested.
      const unused = upcoming.then(({ done, value }) => void (done || unread(value as T)));
      await iterator.return?.();
      await unused.catch(() => undefined);
    }
  }
}
