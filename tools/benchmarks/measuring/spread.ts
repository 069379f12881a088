/** A median and the quartiles around it. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Median and quartiles, linear between the two nearest values. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error('there are no values to take the median of');
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

/** The spread of `a[i] / b[i]`: whatever slowed a round down meets both and falls out of it. */
export function ratioSpread(a: readonly number[], b: readonly number[]): Spread {
  if (a.length !== b.length) throw new Error(`${a.length} rounds cannot be compared with ${b.length}`);
  return spreadOf(a.map((value, i) => value / b[i]!));
}

function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (above - below) * (place - Math.floor(place));
}

/** To a few digits, so that files stay readable. */
export function roundedSpread({ median, low, high }: Spread, digits = 3): Spread {
  const round = (value: number): number => Number(value.toPrecision(digits));
  return { median: round(median), low: round(low), high: round(high) };
}
