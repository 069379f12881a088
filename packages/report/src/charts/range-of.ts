/** Larger numbers would not be told apart from infinity when a scale subtracts them. */
const largest = 1e300;

/** The ends of an axis: the lowest and the highest finite value, apart from each other. Undefined without one. */
export function rangeOf(values: readonly number[]): [number, number] | undefined {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return undefined;
  [low, high] = [Math.max(low, -largest), Math.min(high, largest)];
  const size = Math.max(Math.abs(low), Math.abs(high));
  // The steps between ticks would be lost in rounding.
  if (high - low > Math.max(size * 1e-9, 1e-300)) return [low, high];
  const apart = size > 1e-290 ? size / 10 : 1;
  return [low - apart, high + apart];
}
