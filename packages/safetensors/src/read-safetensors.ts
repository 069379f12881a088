import {
  atLeast,
  type Check,
  checkArgument,
  describe,
  integerIn,
  optional,
  readOptions,
} from '@cantrip/errors';
import { byteLengthOf } from './dtypes.ts';
import { invalidFile } from './invalid-file.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { type Entry, parseHeader } from './parse-header.ts';
import { isBytes, type SafeTensor } from './safe-tensor.ts';

/** What a safetensors file holds. */
export interface SafetensorsContent {
  /** The tensors by name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  /** The texts of `__metadata__` by name; empty if the file has none. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** Limits for files of strangers. A file beyond one of them is refused. */
export interface ReadSafetensorsOptions {
  /** The most bytes of the header, an integer >= 2; 100,000,000 by default, as in Python. */
  readonly maxHeaderBytes?: number;
  /** The most tensors, and the most entries of the metadata, an integer >= 0; 100,000 by default. */
  readonly maxTensors?: number;
  /** The most bytes of a name, as the header has it, an integer >= 1; 4096 by default. */
  readonly maxNameBytes?: number;
}

const checks = {
  maxHeaderBytes: optional(integerIn(atLeast(2)), defaultLimits.maxHeaderBytes),
  maxTensors: optional(integerIn(atLeast(0)), defaultLimits.maxTensors),
  maxNameBytes: optional(integerIn(atLeast(1)), defaultLimits.maxNameBytes),
};

const bytesCheck: Check<Uint8Array> = (value) => (isBytes(value) ? undefined : 'must be a Uint8Array');

const lengthBytes = 8;

/**
 * Reads a safetensors file: names, types and shapes of its tensors, and views of their bytes.
 *
 * The whole header is checked before anything is returned: its length, UTF-8, names that are there once, types, shapes, and
 * that the tensors' bytes follow each other without a gap to the end of the file. No value of a tensor is read.
 *
 * @param bytes - the whole file
 * @returns the tensors, whose bytes are views of `bytes`, not copies; `slice()` copies. A view may begin at any byte, so copy it
 *   before you make, say, a Float32Array of its buffer, or ask for `byteOffset % 4 === 0`.
 * @throws CantripError SAFETENSORS_INVALID if the file breaks the format or a limit, OPTION_INVALID
 * @example
 * ```ts
 * const { tensors, metadata } = readSafetensors(readFileSync('model.safetensors'));
 * tensors.get('dense/kernel'); // { dtype: 'F32', shape: [784, 10], bytes: Uint8Array(31360) }
 * metadata.get('format'); // 'pt'
 * ```
 * @see https://huggingface.co/docs/safetensors
 */
export function readSafetensors(bytes: Uint8Array, options: ReadSafetensorsOptions = {}): SafetensorsContent {
  checkArgument('readSafetensors', 'bytes', bytesCheck, bytes);
  const limits = readOptions('readSafetensors', checks, options);
  const begin = lengthBytes + headerLength(bytes, limits);
  const { entries, metadata } = parseHeader(bytes.subarray(lengthBytes, begin), lengthBytes, limits);
  const inOrder = entries.sort(compareOffsets);
  checkOffsets(inOrder, bytes.length - begin);
  const tensors = new Map<string, SafeTensor>();
  for (const { name, dtype, shape, offsets } of inOrder) {
    // Not subarray: of a Buffer, that is a Buffer.
    const view = new Uint8Array(bytes.buffer, bytes.byteOffset + begin + offsets[0], offsets[1] - offsets[0]);
    tensors.set(name, { dtype, shape, bytes: view });
  }
  return { tensors, metadata };
}

/** The length of the header, which is known to lie within the file. */
function headerLength(bytes: Uint8Array, { maxHeaderBytes }: Limits): number {
  if (bytes.length < lengthBytes) {
    throw invalidFile(
      `the file must begin with 8 bytes for the length of its header, got ${bytes.length} bytes`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes);
  // As a BigInt, because a number would round lengths of 2^53 and more.
  const length = view.getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes)) {
    throw invalidFile(
      `the header must have at most ${maxHeaderBytes} bytes, which is maxHeaderBytes, got ${length}`,
      'Check that the file is a safetensors file, or set a larger maxHeaderBytes if you trust it',
    );
  }
  const rest = bytes.length - lengthBytes;
  if (length > BigInt(rest)) {
    throw invalidFile(`the header must have ${length} bytes, as the file says, but only ${rest} follow`);
  }
  return Number(length);
}

function compareOffsets({ offsets: left }: Entry, { offsets: right }: Entry): number {
  return left[0] - right[0] || left[1] - right[1];
}

/** The tensors' bytes follow each other from the end of the header to the end of the file, so nothing can hide between them. */
function checkOffsets(inOrder: readonly Entry[], dataBytes: number): void {
  let end = 0;
  for (const { name, dtype, shape, offsets } of inOrder) {
    const needed = byteLengthOf(dtype, shape);
    if (offsets[0] === end && offsets[1] - offsets[0] === needed) {
      end = offsets[1];
      continue;
    }
    const tensor = `tensor ${describe(name)}`;
    const values = `${dtype} values of shape [${shape.join(', ')}]`;
    if (needed === undefined) throw invalidFile(`${tensor} must have fewer than 2^53 bytes, got ${values}`);
    if (offsets[0] !== end) {
      const relation = offsets[0] < end ? 'overlaps the one before it' : 'leaves a gap before it';
      throw invalidFile(`${tensor} must begin at offset ${end}, got ${offsets[0]}, which ${relation}`);
    }
    throw invalidFile(
      `${tensor} must have ${needed} bytes for ${values}, got offsets ${offsets.join(' to ')}`,
    );
  }
  if (end === dataBytes) return;
  throw invalidFile(
    end > dataBytes
      ? `the file is truncated: its tensors need ${end} bytes after the header, but ${dataBytes} follow`
      : `the file is too long: its tensors need ${end} bytes after the header, but ${dataBytes} follow`,
  );
}
