import { nextTurn } from './turn.ts';

/**
 * Asks for the next value while the caller works on the one before, so that a batch is prepared while the step runs.
 *
 * An error comes when its value is due. The source is told when the caller stops early.
 *
 * @param unread - is told of a value that was asked for and that the caller will not get
 */
export async function* oneAhead<T>(
  source: AsyncIterable<T> | Iterable<T>,
  unread: (value: T) => void = () => undefined,
): AsyncGenerator<T> {
  const iterator =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let finished = false;
  // The turn of the event loop lets the caller start its step first.
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
      // Asked for already.
      const unused = upcoming.then(({ done, value }) => void (done || unread(value as T)));
      await iterator.return?.();
      await unused.catch(() => undefined);
    }
  }
}
