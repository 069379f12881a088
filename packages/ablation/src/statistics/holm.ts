/**
 * p-values corrected for their number, in the given order (Holm-Bonferroni): so small that the chance of a single
 * false alarm among all of them is held.
 *
 * @example
 * ```ts
 * holm([0.01, 0.04, 0.03]); // [0.03, 0.06, 0.06]
 * ```
 * @see Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979
 */
export function holm(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const corrected = new Array<number>(values.length);
  let highest = 0;
  order.forEach((index, rank) => {
    highest = Math.min(1, Math.max(highest, values[index]! * (values.length - rank)));
    corrected[index] = highest;
  });
  return corrected;
}
