/** About five round numbers within the limits. */
export function roundValues(low: number, high: number): readonly number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * step);
}

/** The powers of ten within the limits; the limits themselves if there is none. */
export function powersOfTen(low: number, high: number): readonly number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const count = Math.floor(Math.log10(high) + 1e-9) - first + 1;
  return count > 0 ? Array.from({ length: count }, (_, i) => 10 ** (first + i)) : [low, high];
}
