import { checkContent, refused } from './check-content.ts';
import { placeOf } from './dtypes.ts';
import { compareNames } from './compare-names.ts';
import { defaultLimits } from './limits.ts';
import { metadataKey } from './parse-header.ts';
import type { SafeTensor } from './safe-tensor.ts';

type Tensors = ReadonlyMap<string, SafeTensor>;
type Metadata = ReadonlyMap<string, string>;

/**
 * Returns a safetensors file in parts: the header, then the bytes of each tensor. Their concatenation is the file.
 *
 * No tensor is copied, so a file can be written whose bytes would not fit into memory twice. The parts of the tensors are the
 * caller's own arrays: write them before you change them.
 *
 * Order, spelling and padding are those of Python's `safetensors`: larger types first, then names by code point. So the same
 * tensors give the same file, to the byte. Entries of metadata are in the order of their names; Python's order varies.
 *
 * @param tensors - the tensors by name
 * @param metadata - texts by name for `__metadata__`; an empty map writes none
 * @throws CantripError OPTION_INVALID if a name, type, shape or length is not right, or if `readSafetensors` with its default
 *   limits would refuse the file
 * @example
 * ```ts
 * const [header, ...values] = safetensorsParts(new Map([['bias', { dtype: 'U8', shape: [2], bytes: Uint8Array.of(1, 2) }]]));
 * header.length; // 64: 8 for its length, 56 of JSON and spaces
 * values; // [Uint8Array [1, 2]]
 * ```
 */
export function safetensorsParts(tensors: Tensors, metadata: Metadata = new Map()): readonly Uint8Array[] {
  return partsOf('safetensorsParts', tensors, metadata);
}

/**
 * Returns a safetensors file as one array of bytes. {@link safetensorsParts} needs no memory for a copy.
 *
 * @param tensors - the tensors by name
 * @param metadata - texts by name for `__metadata__`; an empty map writes none
 * @throws CantripError OPTION_INVALID as {@link safetensorsParts}, and if the file is too large for one array
 * @example
 * ```ts
 * const file = writeSafetensors(new Map([['bias', { dtype: 'U8', shape: [2], bytes: Uint8Array.of(1, 2) }]]));
 * readSafetensors(file).tensors.get('bias'); // { dtype: 'U8', shape: [2], bytes: Uint8Array [1, 2] }
 * ```
 */
export function writeSafetensors(tensors: Tensors, metadata: Metadata = new Map()): Uint8Array {
  const who = 'writeSafetensors';
  const parts = partsOf(who, tensors, metadata);
  const file = allocate(
    who,
    parts.reduce((length, part) => length + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

function partsOf(who: string, tensors: Tensors, metadata: Metadata): Uint8Array[] {
  checkContent(who, tensors, metadata);
  const inOrder = [...tensors].sort(
    ([leftName, left], [rightName, right]) =>
      placeOf(left.dtype) - placeOf(right.dtype) || compareNames(leftName, rightName),
  );
  return [headerPart(who, inOrder, metadata), ...inOrder.map(([, { bytes }]) => bytes)];
}

/** The length of the header and the header. It ends at a multiple of 8, so that values can be used where they are. */
function headerPart(
  who: string,
  inOrder: readonly (readonly [string, SafeTensor])[],
  metadata: Metadata,
): Uint8Array {
  // Texts and not objects, whose keys have another order if they are digits, and which have no key __proto__.
  const members: string[] = [];
  if (metadata.size > 0) {
    const entries = [...metadata].sort(([left], [right]) => compareNames(left, right));
    const texts = entries.map(([name, text]) => `${JSON.stringify(name)}:${JSON.stringify(text)}`);
    members.push(`"${metadataKey}":{${texts.join()}}`);
  }
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of inOrder) {
    const begin = end;
    end += bytes.length;
    const entry = `{"dtype":"${dtype}","shape":[${shape.join()}],"data_offsets":[${begin},${end}]}`;
    members.push(`${JSON.stringify(name)}:${entry}`);
  }
  const json = new TextEncoder().encode(`{${members.join()}}`);
  const length = Math.ceil(json.length / 8) * 8;
  const { maxHeaderBytes } = defaultLimits;
  if (length > maxHeaderBytes) {
    const what = `names, shapes and metadata must have at most ${maxHeaderBytes} bytes in the header, got ${length}`;
    throw refused(who, what, 'Write several files, or shorter metadata');
  }
  const part = new Uint8Array(8 + length).fill(0x20);
  new DataView(part.buffer).setBigUint64(0, BigInt(length), true);
  part.set(json, 8);
  return part;
}

/** Allocates a file. The largest possible array depends on the machine. */
function allocate(who: string, length: number): Uint8Array {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    const what = `the tensors must fit into one array, but no array of ${length} bytes can be allocated`;
    throw refused(who, what, 'Write the parts that safetensorsParts returns, one after the other', cause);
  }
}
