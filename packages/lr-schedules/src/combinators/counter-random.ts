/**
 * Uniform random numbers in [0, 1), with 32 bits each. They depend on seed and step alone, so there is no state to
 * save.
 *
 * It does not use the Philox generator of `@cantrip/ops`, so schedules need no tensor library.
 */
export function counterRandom(seed: number, step: number): () => number {
  const key = mix(words(step).reduce((hash, word) => mix(hash ^ word), mix(words(seed).reduce(combine))));
  let count = 0;
  return () => (mix(key ^ mix(++count)) >>> 0) / 2 ** 32;
}

const combine = (high: number, low: number): number => mix(high) ^ low;

/** The high and the low 32 bits of a whole number. A fractional step is rounded down. */
function words(integer: number): readonly number[] {
  const whole = Math.floor(integer);
  return [Math.floor(whole / 2 ** 32) | 0, whole | 0];
}

/** The finalizer of MurmurHash3, with an offset, because it maps 0 to 0. */
function mix(hash: number): number {
  let mixed = (hash + 0x9e3779b9) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
