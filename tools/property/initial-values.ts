import { numbersFrom } from './numbers.ts';

/** What a weight begins with: its name decides, so that every way of running begins alike. */
export function initialValues(name: string, shape: readonly number[]): Float32Array {
  let seed = 17;
  for (const letter of name) seed = (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0;
  const next = numbersFrom(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  const base = /variance|gamma/.test(name) ? 1 : 0;
  return Float32Array.from({ length: size }, () => base + next() - 0.5);
}
