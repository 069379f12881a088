/**
 * A 53-bit hash of the bytes of an array. Equal bytes have equal hashes, so NaN equals NaN, and 0 differs from -0.
 *
 * It combines two multiplicative hashes. The low one maps its state one to one at each byte. So two arrays of equal
 * length that differ in one byte always have different hashes.
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
