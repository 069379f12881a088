/**
 * A number in few characters, to be read by people: four digits, thousands apart. A number that does not exist is a dash.
 *
 * @example
 * ```ts
 * shortNumber(0.123456); // 0.1235
 * shortNumber(6583.2); // 6,583
 * shortNumber(Number.NaN); // –
 * ```
 */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1e9) return value.toExponential(3);
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(4)));
}

/**
 * A time in few characters. A time that does not exist is a dash.
 *
 * @param seconds - at least 0
 * @example
 * ```ts
 * shortTime(2.345); // 2.3 s
 * shortTime(125); // 2 min 05 s
 * shortTime(3_720); // 1 h 02 min
 * ```
 */
export function shortTime(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  const whole = Math.round(seconds);
  if (whole < 60) return seconds < 10 ? `${seconds.toFixed(1)} s` : `${whole} s`;
  const two = (part: number): string => String(Math.floor(part)).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two((whole % 3600) / 60)} min`;
}
