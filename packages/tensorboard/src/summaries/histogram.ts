/** How values are distributed. Values that are NaN or infinite are left out of all but `notFinite`. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  /** The number of finite values. */
  readonly count: number;
  readonly sum: number;
  /** The sum of squares. */
  readonly squares: number;
  /** The upper end of each bin. */
  readonly limits: readonly number[];
  /** The number of values in each bin. */
  readonly counts: readonly number[];
  readonly notFinite: number;
}

/** Numbers that a histogram is made of. */
export type Numbers = ArrayLike<number>;

const bins = 30;
/** So many values take about a millisecond. */
const slice = 2 ** 18;

/**
 * Counts values in 30 bins of equal width, as `numpy.histogram(values, bins=30)` does. An upper end belongs to the next
 * bin, but the last one to its own.
 *
 * @returns undefined if no value is finite
 */
export function histogramOf(values: Numbers): Histogram | undefined {
  const work = counting(values);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** The same, in slices of about a millisecond between which other work of the process goes on. */
export async function histogramInSlices(values: Numbers): Promise<Histogram | undefined> {
  const work = counting(values);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function* counting(values: Numbers): Generator<undefined, Histogram | undefined> {
  let [min, max, count, sum, squares] = [Infinity, -Infinity, 0, 0, 0];
  for (let begin = 0; begin < values.length; begin += slice) {
    const end = Math.min(begin + slice, values.length);
    for (let at = begin; at < end; at++) {
      const value = values[at]!;
      if (!Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
      count++;
      sum += value;
      squares += value * value;
    }
    if (end < values.length) yield;
  }
  const notFinite = values.length - count;
  if (count === 0) return undefined;
  const edges = edgesOf(min, max);
  const first = edges[0]!;
  const perUnit = 1 / (edges[1]! - first);
  const counts = new Array<number>(bins).fill(0);
  for (let begin = 0; begin < values.length; begin += slice) {
    const end = Math.min(begin + slice, values.length);
    for (let at = begin; at < end; at++) {
      const value = values[at]!;
      if (!Number.isFinite(value)) continue;
      let bin = Math.min(bins - 1, Math.floor((value - first) * perUnit));
      // The product is rounded, the edges decide.
      if (value < edges[bin]!) bin--;
      else if (bin < bins - 1 && value >= edges[bin + 1]!) bin++;
      counts[bin]!++;
    }
    if (end < values.length) yield;
  }
  return { min, max, count, sum, squares, limits: edges.slice(1), counts, notFinite };
}

/** The ends of the bins. One value alone gets bins around it. */
function edgesOf(min: number, max: number): number[] {
  const around = min === max ? Math.max(0.5, Math.abs(min) / 2 ** 20) : 0;
  const [from, to] = [min - around, max + around];
  // The difference of two large doubles can be infinite.
  const width = Number.isFinite(to - from) ? (to - from) / bins : to / bins - from / bins;
  return Array.from({ length: bins + 1 }, (_, index) => (index === bins ? to : from + index * width));
}
