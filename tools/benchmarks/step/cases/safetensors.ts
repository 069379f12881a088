import { readFileSync, writeFileSync } from 'node:fs';
import { readSafetensors, writeSafetensors } from '@cantrip/safetensors';

/** A tensor of a safetensors file. */
export interface FileTensor {
  readonly values: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
}

type FileTensors = Readonly<Record<string, FileTensor>>;

const arrays = { F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;

/** Writes tensors in the safetensors format, which every peer's Python reads with the library of that name. */
export function writeTensors(path: string, tensors: FileTensors): void {
  const entries = Object.entries(tensors).map(([name, { values, shape }]) => {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return [name, { dtype: dtypeOf(values), shape, bytes }] as const;
  });
  writeFileSync(path, writeSafetensors(new Map(entries)));
}

/** Reads what {@link writeTensors} wrote. */
export function readTensors(path: string): FileTensors {
  const { tensors } = readSafetensors(readFileSync(path));
  return Object.fromEntries(
    [...tensors].map(([name, { dtype, shape, bytes }]) => {
      if (!(dtype in arrays)) throw new Error(`${path} has ${name} as ${dtype}`);
      // A copy, because a view of the file may begin at any byte.
      const values = new arrays[dtype as keyof typeof arrays](bytes.slice().buffer);
      return [name, { values, shape }];
    }),
  );
}

function dtypeOf(values: FileTensor['values']): keyof typeof arrays {
  if (values instanceof Float32Array) return 'F32';
  return values instanceof Int32Array ? 'I32' : 'U8';
}
