import { CantripError } from '@cantrip/errors';

/** The element types of the IDX format. */
export type IdxType = 'uint8' | 'int8' | 'int16' | 'int32' | 'float32' | 'float64';

export interface IdxHeader {
  readonly type: IdxType;
  readonly shape: readonly number[];
  readonly bytesPerValue: number;
  /** The number of bytes of values after the header. */
  readonly length: number;
}

const types: Readonly<Record<number, { readonly type: IdxType; readonly bytesPerValue: number }>> = {
  0x08: { type: 'uint8', bytesPerValue: 1 },
  0x09: { type: 'int8', bytesPerValue: 1 },
  0x0b: { type: 'int16', bytesPerValue: 2 },
  0x0c: { type: 'int32', bytesPerValue: 4 },
  0x0d: { type: 'float32', bytesPerValue: 4 },
  0x0e: { type: 'float64', bytesPerValue: 8 },
};

const mostDimensions = 8;

/** Recognises files that are not IDX by their first bytes. These are common results of failed downloads. */
const impostors: readonly (readonly [RegExp, string])[] = [
  [/^PK/, 'a zip archive: unpack it first'],
  [/^\x1f\x8b/, 'compressed by gzip twice: unpack it once'],
  [/^\x89PNG/, 'a PNG picture'],
  [/^\s*</, 'a web page: the download failed'],
  [/^version/, 'a Git LFS pointer: run git lfs pull'],
  [/^BZh|^\xfd7zX/, 'compressed by another program than gzip: unpack it first'],
];

/** Reads the number of dimensions from the first four bytes of the file. */
export function idxDimensions(path: string, magic: Uint8Array): number {
  const [first, second, code, dimensions] = magic;
  if (first !== 0 || second !== 0) throw notIdx(path, magic);
  if (types[code!] === undefined) {
    const known = Object.keys(types).map((key) => hex(Number(key)));
    throw badFile(
      path,
      `its header names the element type ${hex(code!)}, which IDX does not have (${known.join(', ')})`,
    );
  }
  if (dimensions! < 1 || dimensions! > mostDimensions) {
    throw badFile(
      path,
      `its header says ${dimensions} dimensions, but only 1 to ${mostDimensions} are supported`,
    );
  }
  return dimensions!;
}

/** Reads the whole header from its `4 + 4 * dimensions` bytes. */
export function parseIdxHeader(path: string, bytes: Uint8Array): IdxHeader {
  const dimensions = idxDimensions(path, bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis));
  const { type, bytesPerValue } = types[bytes[2]!]!;
  if (shape.includes(0)) {
    throw new CantripError('DATA_EMPTY', {
      who: 'readIdx',
      what: `${path} must hold at least one example, but its header says the shape [${shape.join(', ')}]`,
      fix: 'Use another file, or write this one again',
    });
  }
  return {
    type,
    shape,
    bytesPerValue,
    length: shape.reduce((product, size) => product * size, bytesPerValue),
  };
}

function notIdx(path: string, bytes: Uint8Array): CantripError {
  const text = String.fromCharCode(...bytes);
  const impostor = impostors.find(([pattern]) => pattern.test(text));
  if (impostor) return badFile(path, `is not an IDX file but ${impostor[1]}`);
  const found = [...bytes].map(hex).join(' ');
  return badFile(path, `is not an IDX file: it must begin with two zero bytes, but begins with ${found}`);
}

/** The error for a file with a wrong content. */
export function badFile(path: string, what: string, cause?: unknown): CantripError {
  return new CantripError('DATA_FORMAT', {
    who: 'readIdx',
    what: what.startsWith('is ') || what.startsWith('holds ') ? `${path} ${what}` : `${path}: ${what}`,
    fix: 'Download or copy the file again',
    cause,
  });
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
