/**
 * Orders names by their code points, as the reference implementation does. `<` compares UTF-16 units, so it puts U+1F600
 * before U+FFFD.
 */
export function compareNames(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const [from, to] = [left.charCodeAt(index), right.charCodeAt(index)];
    // A surrogate stands for a code point above all others.
    if (from !== to) return from - to + rise(from) - rise(to);
  }
  return left.length - right.length;
}

const rise = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? 0x10000 : 0);
