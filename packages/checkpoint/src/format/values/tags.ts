/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The key that marks an object as something that JSON does not know. */
export const tagKey = '$type';

/** The deepest nesting that is written and read. */
export const deepest = 200;

/** An array of numbers over a whole buffer. */
interface NumberArray {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): ArrayBufferView;
}

const all: readonly (NumberArray & { readonly name: string })[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

/** The arrays of numbers that are written and read, by their names. */
export const arrays: ReadonlyMap<string, NumberArray> = new Map(all.map((array) => [array.name, array]));

/** The numbers that JSON does not know, by their names. */
export const numbers: Readonly<Record<string, number>> = {
  NaN: NaN,
  Infinity: Infinity,
  '-Infinity': -Infinity,
  '-0': -0,
};

/** The most digits of a bigint. Reading one takes time that grows with the square of its length. */
export const mostDigits = 10_000;
