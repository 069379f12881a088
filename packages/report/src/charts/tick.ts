/** The text of a tick, short enough for the side of a chart: `12.5K`, `0.002`, `1e-7`. */
export function tick(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4))
    return value
      .toExponential()
      .replace('+', '')
      .replace(/(\.\d{2})\d*/, '$1');
  return new Intl.NumberFormat('en', {
    maximumSignificantDigits: 5,
    ...(size >= 1e4 && { notation: 'compact' }),
  }).format(value);
}
