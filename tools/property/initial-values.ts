import { numbersFrom } from './numbers.ts';

/** How far apart two neighbouring numbers of float32 are, in proportion. */
const ROUNDING = 2 ** -23;

/**
 * What a weight begins with: its name decides, so that every way of running begins alike.
 *
 * @param nudge - moves each number by one rounding, up or down by this seed
 */
export function initialValues(name: string, shape: readonly number[], nudge?: number): Float32Array {
  const next = numbersFrom(seedOf(name, 17));
  const size = shape.reduce((product, length) => product * length, 1);
  const base = /variance|gamma/.test(name) ? 1 : 0;
  const values = Float32Array.from({ length: size }, () => base + next() - 0.5);
  if (nudge === undefined) return values;
  const side = numbersFrom(seedOf(name, nudge));
  return values.map((value) => value * (1 + (side() < 0.5 ? -ROUNDING : ROUNDING)));
}

function seedOf(name: string, start: number): number {
  let seed = start;
  for (const letter of name) seed = (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0;
  return seed;
}
