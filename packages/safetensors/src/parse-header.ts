import { describe } from '@cantrip/errors';
import { dtypesInWords, isDtype, mostAxes, type SafetensorsDtype } from './dtypes.ts';
import { type HeaderReader, headerReader } from './header-reader.ts';
import { invalidFile } from './invalid-file.ts';
import type { Limits } from './limits.ts';

/** What the header says about one tensor. */
export interface Entry {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** The first byte and the one after the last, counted from the end of the header. */
  readonly offsets: readonly [begin: number, end: number];
}

/** A header whose form is right. Whether its numbers fit together is not checked yet. */
export interface Header {
  /** In the order of the header, each name once. */
  readonly entries: Entry[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** The key of a header that holds no tensor but texts. */
export const metadataKey = '__metadata__';

/**
 * Reads a header from its bytes. The header has a fixed depth, so a deep one is refused at its first bracket too many.
 *
 * @param begin - the position of the header in the file, for errors
 */
export function parseHeader(bytes: Uint8Array, begin: number, limits: Limits): Header {
  const reader = headerReader(bytes, begin);
  if (bytes[0] !== 0x7b) throw invalidFile('the header must begin with "{", but it does not');
  const entries: Entry[] = [];
  const names = new Set<string>();
  let metadata: Map<string, string> | undefined;
  eachMember(reader, 'the name of a tensor', undefined, limits.maxNameBytes, (name) => {
    if (name === metadataKey) {
      if (metadata) throw twice(name);
      metadata = readMetadata(reader, limits);
    } else {
      if (names.has(name)) throw twice(name);
      if (names.size >= limits.maxTensors) throw tooMany('tensors', limits);
      names.add(name);
      entries.push(readEntry(reader, name));
    }
  });
  if (reader.rest().some((byte) => byte !== 0x20)) {
    throw invalidFile('the header must have nothing but spaces after its last "}", but it has more');
  }
  return { entries, metadata: metadata ?? new Map() };
}

/** Reads an object, and calls `read` after each key and its colon. */
function eachMember(
  reader: HeaderReader,
  what: string,
  name: string | undefined,
  mostBytes: number,
  read: (key: string) => void,
): void {
  reader.expect('{');
  if (reader.skip('}')) return;
  do {
    const key = reader.string(what, name, mostBytes);
    reader.expect(':');
    read(key);
  } while (reader.skip(','));
  reader.expect('}');
}

function readMetadata(reader: HeaderReader, limits: Limits): Map<string, string> {
  const metadata = new Map<string, string>();
  eachMember(reader, 'a name of the metadata', undefined, limits.maxNameBytes, (name) => {
    if (metadata.has(name)) throw twice(name);
    if (metadata.size >= limits.maxTensors) throw tooMany('entries of metadata', limits);
    metadata.set(name, reader.string('the text of the metadata', name));
  });
  return metadata;
}

function readEntry(reader: HeaderReader, name: string): Entry {
  const found: { dtype?: SafetensorsDtype; shape?: number[]; offsets?: [number, number] } = {};
  eachMember(reader, 'a key of tensor', name, Infinity, (key) => {
    if (key === 'dtype' && !found.dtype) found.dtype = readDtype(reader, name);
    else if (key === 'shape' && !found.shape) found.shape = readShape(reader, name);
    else if (key === 'data_offsets' && !found.offsets) found.offsets = readOffsets(reader, name);
    else {
      throw invalidFile(
        `tensor ${describe(name)} must have dtype, shape and data_offsets once each, but has ${describe(key)} too`,
      );
    }
  });
  const { dtype, shape, offsets } = found;
  if (dtype && shape && offsets) return { name, dtype, shape, offsets };
  const missing = dtype ? (shape ? 'data_offsets' : 'shape') : 'dtype';
  throw invalidFile(
    `tensor ${describe(name)} must have dtype, shape and data_offsets, but has no ${missing}`,
  );
}

function readDtype(reader: HeaderReader, name: string): SafetensorsDtype {
  const dtype = reader.string('the dtype of tensor', name);
  if (isDtype(dtype)) return dtype;
  throw invalidFile(
    `the dtype of tensor ${describe(name)} must be one of ${dtypesInWords}, got ${describe(dtype)}`,
    'Convert the tensor to one of these types where the file is written',
  );
}

function readShape(reader: HeaderReader, name: string): number[] {
  const shape: number[] = [];
  reader.expect('[');
  if (reader.skip(']')) return shape;
  do {
    if (shape.length >= mostAxes)
      throw invalidFile(`tensor ${describe(name)} must have at most ${mostAxes} axes, but has more`);
    shape.push(reader.integer('a size of tensor', name));
  } while (reader.skip(','));
  reader.expect(']');
  return shape;
}

function readOffsets(reader: HeaderReader, name: string): [number, number] {
  reader.expect('[');
  const begin = reader.integer('the first offset of tensor', name);
  reader.expect(',');
  const end = reader.integer('the second offset of tensor', name);
  reader.expect(']');
  return [begin, end];
}

function twice(name: string): Error {
  return invalidFile(`the header must have each name once, but it has ${describe(name)} twice`);
}

function tooMany(what: string, { maxTensors }: Limits): Error {
  return invalidFile(
    `the header must have at most ${maxTensors} ${what}, which is maxTensors, but it has more`,
    'Set a larger maxTensors if you trust the file',
  );
}
