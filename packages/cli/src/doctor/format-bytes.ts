const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/**
 * Formats a number of bytes in a suitable unit.
 *
 * @example
 * ```ts
 * formatBytes(25_000_000_000); // 23.3 GiB
 * ```
 */
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(bytes || 1) / 10)));
  const value = bytes / 1024 ** power;
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${units[power] ?? ''}`;
}
