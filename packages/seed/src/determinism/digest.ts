/**
 * A number of 53 bits for the bytes of an array: equal for equal bytes, so that NaN equals itself and 0 is not -0.
 *
 * Two multiplicative hashes side by side. Each byte maps the state of the lower one, which is kept whole, one to one: two
 * arrays of one length that differ in a single byte never have the same number.
 */
export function digest(values: ArrayBufferView): number {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let low = 0x811c9dc5 ^ bytes.length;
  let high = 0x9e3779b9;
  for (const byte of bytes) {
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x85ebca6b);
    high ^= high >>> 15;
  }
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0);
}
