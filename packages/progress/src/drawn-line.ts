import type { ProgressStream } from './progress-options.ts';

/** One line at the bottom of a terminal that is drawn again and again. */
export interface DrawnLine {
  draw(text: string): void;
  /** Removes the line. Nothing of the terminal's state was changed, so nothing else is restored. */
  end(): void;
}

const erase = '\r\x1b[2K';

/** The streams on which a line is drawn now. A terminal has room for one. */
const taken = new WeakSet<ProgressStream>();

type Write = ProgressStream['write'];

/**
 * Begins a line on a terminal. Until it ends, whatever else the process writes to standard output or standard error stands
 * above the line.
 *
 * @returns undefined if another run draws there already
 */
export function beginLine(stream: ProgressStream): DrawnLine | undefined {
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
  const end = (): void => {
    if (ended) return;
    ended = true;
    for (const restore of restores) restore();
    taken.delete(stream);
    process.removeListener('exit', end);
    if (drawn !== '' && !within) write(erase);
  };
  // A program that calls process.exit would leave half a line before the next prompt.
  process.once('exit', end);
  return {
    draw(text) {
      if (ended || within) return;
      // The last column stays free, because some terminals begin a new line after it.
      drawn = [...text].slice(0, Math.max(1, (stream.columns ?? 80) - 1)).join('');
      write(`${erase}${drawn}`);
    },
    end,
  };
}
