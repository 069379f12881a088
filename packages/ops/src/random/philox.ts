const multiplierA = 0xd2511f53;
const multiplierB = 0xcd9e8d57;
const weylA = 0x9e3779b9;
const weylB = 0xbb67ae85;

/**
 * Philox 4x32-10: computes 128 random bits from a 128-bit counter and a 64-bit key.
 *
 * It has no state: the same counter and key give the same words on every machine. Four words are written to `out`,
 * which may be `counter` itself.
 *
 * @param counter - four 32-bit words, the lowest first
 * @param key - two 32-bit words, the lowest first
 * @example
 * ```ts
 * const words = new Uint32Array(4);
 * philox4x32(new Uint32Array(4), new Uint32Array(2), words);
 * // words: 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8
 * ```
 * @see Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011
 */
export function philox4x32(counter: ArrayLike<number>, key: ArrayLike<number>, out: Uint32Array): void {
  let c0 = counter[0]!;
  let c1 = counter[1]!;
  let c2 = counter[2]!;
  let c3 = counter[3]!;
  let k0 = key[0]! | 0;
  let k1 = key[1]! | 0;
  for (let round = 0; round < 10; round++) {
    const highA = multiplyHigh(multiplierA, c0);
    const lowA = Math.imul(multiplierA, c0);
    const highB = multiplyHigh(multiplierB, c2);
    const lowB = Math.imul(multiplierB, c2);
    c0 = highB ^ c1 ^ k0;
    c1 = lowB;
    c2 = highA ^ c3 ^ k1;
    c3 = lowA;
    k0 = (k0 + weylA) | 0;
    k1 = (k1 + weylB) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** The upper 32 bits of the 64-bit product. Every partial sum stays below 2^32. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const lower = aHigh * bLow + ((aLow * bLow) >>> 16);
  const upper = aLow * bHigh + (lower & 0xffff);
  return (aHigh * bHigh + (lower >>> 16) + (upper >>> 16)) | 0;
}
