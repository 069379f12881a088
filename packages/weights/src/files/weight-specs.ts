import { isPlainObject } from '@cantrip/errors';

/** What a model.json says of one weight. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string };
}

const sizes: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  complex64: 8,
  uint8: 1,
  uint16: 2,
  float16: 2,
};

/**
 * The bytes of all weights together.
 *
 * @returns a text that says what is wrong, if something is
 */
export function bytesOfSpecs(specs: readonly unknown[]): number | string {
  const names = new Set<string>();
  let bytes = 0;
  for (const given of specs) {
    if (!isPlainObject(given)) return 'a weight that is no object';
    const { name, shape, dtype, quantization } = given as Partial<WeightSpec>;
    if (typeof name !== 'string' || name === '') return 'a weight without a name';
    if (names.has(name)) return `the weight ${name} twice`;
    names.add(name);
    if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0))
      return `no valid shape of ${name}`;
    const stored = isPlainObject(quantization) ? quantization['dtype'] : dtype;
    const size = typeof stored === 'string' && Object.hasOwn(sizes, stored) ? sizes[stored]! : undefined;
    if (size === undefined) return `the unknown type ${String(stored)} of ${name}`;
    bytes += size * (shape as number[]).reduce((all, one) => all * one, 1);
    if (!Number.isSafeInteger(bytes)) return `more numbers for ${name} than any file has`;
  }
  return bytes;
}
