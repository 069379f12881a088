import { readFileSync, writeFileSync } from 'node:fs';

/** A tensor of a safetensors file. */
export interface FileTensor {
  readonly values: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
}

type FileTensors = Readonly<Record<string, FileTensor>>;

const arrays = { F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;

interface Entry {
  readonly dtype: keyof typeof arrays;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Writes tensors in the safetensors format, which every peer's Python reads with the library of that name. */
export function writeTensors(path: string, tensors: FileTensors): void {
  const header: Record<string, Entry> = {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { values, shape }] of Object.entries(tensors)) {
    header[name] = { dtype: dtypeOf(values), shape, data_offsets: [offset, offset + values.byteLength] };
    parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    offset += values.byteLength;
  }
  const text = JSON.stringify(header);
  // The data begin at a multiple of 8, so that they can be mapped as they are.
  const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  writeFileSync(path, Buffer.concat([length, padded, ...parts]));
}

/** Reads what {@link writeTensors} wrote. */
export function readTensors(path: string): FileTensors {
  const file = readFileSync(path);
  const begin = 8 + Number(file.readBigUInt64LE());
  const header = JSON.parse(file.toString('utf8', 8, begin)) as Record<string, Entry>;
  const data = file.buffer.slice(file.byteOffset + begin, file.byteOffset + file.length);
  return Object.fromEntries(
    Object.entries(header).map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => [name, { values: new arrays[dtype](data.slice(from, to)), shape }],
    ),
  );
}

function dtypeOf(values: FileTensor['values']): Entry['dtype'] {
  if (values instanceof Float32Array) return 'F32';
  return values instanceof Int32Array ? 'I32' : 'U8';
}
