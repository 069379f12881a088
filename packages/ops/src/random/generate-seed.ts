/**
 * Returns a random seed from the system's entropy. It does not use `Math.random`, which may be seeded.
 *
 * @returns an integer in [0, 2^32), short enough to type again
 * @example
 * ```ts
 * generateSeed(); // e.g. 2894106731
 * ```
 */
export function generateSeed(): number {
  return globalThis.crypto.getRandomValues(new Uint32Array(1))[0]!;
}
