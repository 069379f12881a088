/** A number of bytes in few characters: `312 B`, `1.5 kB`, `25.6 MB`. A kilobyte is 1000 bytes. */
export const shortBytes = (bytes: number): string => short(bytes, ['B', 'kB', 'MB', 'GB', 'TB'], ' ');

/** A large number in few characters: `312`, `1.5 k`, `25.6 M`, `4.1 G`. */
export const shortCount = (count: number): string => short(count, ['', 'k', 'M', 'G', 'T', 'P'], ' ');

function short(value: number, units: readonly string[], space: string): string {
  let power = 0;
  let scaled = value;
  while (scaled >= 999.5 && power < units.length - 1) {
    scaled /= 1000;
    power++;
  }
  const digits = String(Number(scaled.toPrecision(3)));
  return units[power] === '' ? digits : digits + space + units[power];
}
