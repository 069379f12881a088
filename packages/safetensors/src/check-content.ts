import { CantripError, describe } from '@cantrip/errors';
import { byteLengthOf, dtypesInWords, isDtype, mostAxes } from './dtypes.ts';
import { defaultLimits } from './limits.ts';
import { metadataKey } from './parse-header.ts';
import { isBytes, type SafeTensor } from './safe-tensor.ts';

/**
 * Checks what is to be written: all that `readSafetensors` with its default limits checks of a file.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkContent(
  who: string,
  tensors: ReadonlyMap<string, SafeTensor>,
  metadata: ReadonlyMap<string, string>,
): void {
  checkMap(who, 'tensors', tensors);
  for (const [name, tensor] of tensors) {
    checkName(who, 'the name of a tensor', name);
    if (name === metadataKey) {
      throw refused(
        who,
        `a tensor must not be named ${metadataKey}, which is the key of the metadata`,
        'Rename it',
      );
    }
    checkTensor(who, name, tensor);
  }
  checkMap(who, 'metadata', metadata);
  for (const [name, text] of metadata) {
    checkName(who, 'a name of the metadata', name);
    if (!isText(text)) {
      const what = `the metadata ${describe(name)} must be a string without lone surrogates, got ${describe(text)}`;
      throw refused(who, what, 'Write it as a string, e.g. with JSON.stringify');
    }
  }
}

function checkMap(who: string, what: string, map: ReadonlyMap<string, unknown>): void {
  if (!(map instanceof Map)) {
    throw refused(
      who,
      `${what} must be a Map by name, got ${describe(map)}`,
      `Write new Map(Object.entries(${what}))`,
    );
  }
  const { maxTensors } = defaultLimits;
  if (map.size > maxTensors) {
    throw refused(
      who,
      `${what} must have at most ${maxTensors} entries, got ${map.size}`,
      'Write several files',
    );
  }
}

function checkName(who: string, what: string, name: unknown): void {
  if (!isText(name)) {
    throw refused(
      who,
      `${what} must be a string without lone surrogates, got ${describe(name)}`,
      'Use another name',
    );
  }
  const { maxNameBytes } = defaultLimits;
  // One UTF-16 unit takes at most 6 bytes.
  if (6 * name.length <= maxNameBytes) return;
  const length = new TextEncoder().encode(JSON.stringify(name)).length - 2;
  if (length > maxNameBytes) {
    throw refused(
      who,
      `${what} must have at most ${maxNameBytes} bytes in JSON, got ${length}`,
      'Use a shorter name',
    );
  }
}

function checkTensor(who: string, name: string, tensor: unknown): void {
  const what = `tensor ${describe(name)}`;
  if (typeof tensor !== 'object' || tensor === null) {
    throw refused(
      who,
      `${what} must be { dtype, shape, bytes }, got ${describe(tensor)}`,
      'Pass its bytes, not its values',
    );
  }
  const { dtype, shape, bytes } = tensor as Partial<SafeTensor>;
  if (!isDtype(dtype)) {
    throw refused(
      who,
      `the dtype of ${what} must be one of ${dtypesInWords}, got ${describe(dtype)}`,
      'Set dtype to one of these',
    );
  }
  if (!isShape(shape)) {
    const wanted = `an array of at most ${mostAxes} integers >= 0 and < 2^53`;
    throw refused(
      who,
      `the shape of ${what} must be ${wanted}, got ${describe(shape)}`,
      'Set shape to the size of each axis',
    );
  }
  if (!isBytes(bytes)) {
    const fix = 'Write new Uint8Array(values.buffer, values.byteOffset, values.byteLength)';
    throw refused(who, `the bytes of ${what} must be a Uint8Array, got ${describe(bytes)}`, fix);
  }
  const needed = byteLengthOf(dtype, shape);
  if (needed === bytes.length) return;
  const size = needed === undefined ? '2^53 or more' : String(needed);
  const values = `${dtype} values of shape [${shape.join(', ')}] have ${size} bytes`;
  throw refused(
    who,
    `${what} must fit its shape: ${values}, got ${bytes.length}`,
    'Check its dtype and its shape',
  );
}

function isShape(shape: unknown): shape is readonly number[] {
  // Not every(), which skips the holes of an array.
  return Array.isArray(shape) && shape.length <= mostAxes && Array.from(shape).every(isSize);
}

const isSize = (size: unknown): boolean => Number.isSafeInteger(size) && (size as number) >= 0;

const isText = (text: unknown): text is string => typeof text === 'string' && !/\p{Surrogate}/u.test(text);

/** The error for an argument that can't be written. */
export function refused(who: string, what: string, fix: string, cause?: unknown): CantripError {
  return new CantripError('OPTION_INVALID', { who, what, fix, cause });
}
