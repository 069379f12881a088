import type { io } from '@tensorflow/tfjs-core';

type Values = Float32Array | Int32Array | Uint8Array;

/** One weight as it is stored. */
export interface StoredValues {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly values: Values;
}

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** Each weight of a model by its name, in the order in which they are stored. */
export function splitWeights({ weightSpecs = [], weightData }: io.ModelArtifacts): Map<string, StoredValues> {
  const data = weightData as ArrayBuffer;
  let at = 0;
  return new Map(
    weightSpecs.map(({ name, shape, dtype }) => {
      const type = dtype as StoredValues['dtype'];
      const size = shape.reduce((all, one) => all * one, 1) * arrays[type].BYTES_PER_ELEMENT;
      // A copy, because a view could not begin at any byte.
      const values = new arrays[type](data.slice(at, at + size));
      at += size;
      return [name, { shape, dtype: type, values }];
    }),
  );
}

/** The opposite of {@link splitWeights}. */
export function joinWeights(
  stored: ReadonlyMap<string, StoredValues>,
): Pick<io.ModelArtifacts, 'weightSpecs' | 'weightData'> {
  const bytes = [...stored.values()].map(
    ({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  );
  const all = new Uint8Array(bytes.reduce((size, one) => size + one.length, 0));
  let at = 0;
  for (const one of bytes) {
    all.set(one, at);
    at += one.length;
  }
  return {
    weightSpecs: [...stored].map(([name, { shape, dtype }]) => ({ name, shape: [...shape], dtype })),
    weightData: all.buffer,
  };
}
