import plot from 'simple-ascii-chart';

/** A curve in a terminal chart. */
export interface TerminalChart {
  /** The values of y from left to right, evenly spaced. */
  readonly values: readonly number[];
  /** What stands below the left and the right end. */
  readonly ends: readonly [left: string, right: string];
  /** What the values are, in words. */
  readonly title: string;
}

const width = 64;
const height = 12;

/** Draws a curve as text of some 70 columns. */
export function terminalChart({ values, ends: [left, right], title }: TerminalChart): string {
  const last = Math.max(1, values.length - 1);
  const points = Array.from({ length: width }, (_, column): [number, number] => {
    return [column, values[Math.round((column / (width - 1)) * last)] ?? values[0]!];
  });
  const drawn = plot(points, {
    width,
    height,
    title,
    hideXAxis: true,
    formatter: (value) => String(Number(value.toPrecision(3))),
  });
  const lines = drawn
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trimEnd());
  const indent = Math.max(...lines.map((line) => line.indexOf('┤'))) + 1;
  const below = left + right.padStart(Math.max(1, width - left.length));
  return [...lines, ' '.repeat(indent) + below].join('\n');
}
