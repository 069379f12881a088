/**
 * A seed that nobody chose, from the system's entropy: never from `Math.random`, which may be seeded.
 *
 * @returns an integer in [0, 2^32): short enough to be typed again
 * @example
 * ```ts
 * generateSeed(); // e.g. 2894106731
 * ```
 */
export function generateSeed(): number {
  return globalThis.crypto.getRandomValues(new Uint32Array(1))[0]!;
}
