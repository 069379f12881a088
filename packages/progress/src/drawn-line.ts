import { cutTo } from './columns-of.ts';
import { onEnding } from './on-ending.ts';
import type { ProgressStream } from './progress-options.ts';

/** One line at the bottom of a terminal that is drawn again and again. */
export interface DrawnLine {
  draw(): void;
  /** Removes the line. Nothing of the terminal's state was changed, so nothing else is restored. */
  end(): void;
}

/** Also what a narrower window has put on further rows. The cursor stands at the begin of the line. */
const erase = '\r\x1b[J';

/** The streams on which a line is drawn now. A terminal has room for one. */
const taken = new WeakSet<ProgressStream>();

type Write = ProgressStream['write'];

/**
 * Begins a line on a terminal. Until it ends, whatever else the process writes to standard output or standard error stands
 * above the line.
 *
 * @param textOf - gives the line for a width in columns; called for each drawing, and when the terminal gets another size
 * @returns undefined if another run draws there already
 */
export function beginLine(
  stream: ProgressStream,
  textOf: (columns: number) => string,
): DrawnLine | undefined {
  if (taken.has(stream)) return undefined;
  taken.add(stream);
  const write = stream.write.bind(stream) as Write;
  let drawn = '';
  /** Whether another writer has begun a line that is not complete. */
  let within = false;
  let ended = false;
  const restores = [...new Set([stream, process.stdout, process.stderr] as ProgressStream[])].map((one) => {
    const before = one.write;
    const patched = function (this: unknown, ...args: Parameters<Write>): boolean {
      if (ended) return before.apply(one, args);
      if (drawn !== '' && !within) write(erase);
      const result = before.apply(one, args);
      const text = typeof args[0] === 'string' ? args[0] : Buffer.from(args[0]).toString();
      within = text === '' ? within : !text.endsWith('\n');
      if (drawn !== '' && !within) write(drawn);
      return result;
    } as Write;
    one.write = patched;
    // Somebody may have put a function of their own around it since.
    return () => void (one.write === patched && (one.write = before));
  });
  const draw = (): void => {
    if (ended || within) return;
    // A terminal of unknown width says 0.
    const columns = stream.columns || 80;
    // The last column stays free, because some terminals begin a new line after it. The cursor goes back to the begin, so that it
    // is there too when the window becomes narrower and the line needs several rows.
    drawn = `${cutTo(textOf(columns), columns)}\r`;
    write(`${erase}${drawn}`);
  };
  const end = (): void => {
    if (ended) return;
    ended = true;
    for (const restore of restores) restore();
    taken.delete(stream);
    stream.removeListener('resize', draw);
    forget();
    if (drawn !== '' && !within) write(erase);
  };
  // Otherwise half a line would stand before the next prompt.
  const forget = onEnding(end);
  stream.on('resize', draw);
  return { draw, end };
}
