import { CantripError, describe, isPlainObject } from '@cantrip/errors';
import type { HostTensor, Normalization } from './host-tensor.ts';

const greatestFloat32 = 3.4028234663852886e38;

/**
 * Checks a host tensor: its values, its shape, and that only bytes have a normalization.
 *
 * @param path - its name in an error, e.g. `inputs.x`; empty if it is the whole argument
 * @throws CantripError OPTION_INVALID, DTYPE_MISMATCH or SHAPE_MISMATCH
 */
export function checkHostTensor(who: string, path: string, given: object): asserts given is HostTensor {
  const { values, shape, normalization } = given as { readonly [Key in keyof HostTensor]: unknown };
  if (!(values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array)) {
    throw new CantripError('DTYPE_MISMATCH', {
      who,
      what: `${within(path)}values must be a Float32Array, Int32Array or Uint8Array, got ${describe(values)}`,
      fix: 'Convert it, e.g. with Float32Array.from(values, Number)',
    });
  }
  if (!Array.isArray(shape) || sizeOf(shape) !== values.length) {
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `${within(path)}shape ${Array.isArray(shape) ? `[${shape.map(describe).join(', ')}] needs ${sizeOf(shape)}` : describe(shape)} values, got ${values.length}`,
      fix: 'Set shape to sizes whose product is the number of values',
    });
  }
  for (const key in given) {
    if (key !== 'values' && key !== 'shape' && key !== 'normalization') throw unknownKey(who, path, key);
  }
  if (normalization !== undefined) checkNormalization(who, path, { values, shape, normalization });
}

const within = (path: string): string => (path ? `${path}.` : '');

/** The product of the sizes; NaN if the shape is invalid. */
function sizeOf(shape: readonly unknown[]): number {
  let size = 1;
  for (const length of shape)
    size *= Number.isSafeInteger(length) && (length as number) >= 0 ? (length as number) : NaN;
  return size;
}

const checked = new WeakMap<object, unknown>();

interface Given {
  readonly values: HostTensor['values'];
  readonly shape: readonly number[];
  readonly normalization: unknown;
}

/** A run uses one normalization object for all batches, so it is checked only once for each number of channels. */
function checkNormalization(who: string, path: string, { values, shape, normalization }: Given): void {
  if (!(values instanceof Uint8Array)) {
    throw new CantripError('DTYPE_MISMATCH', {
      who,
      what: `normalization is for bytes, but ${within(path)}values is ${describe(values)}`,
      fix: 'Leave normalization out, or pass the values as a Uint8Array',
    });
  }
  checkFactors(who, path, shape, normalization);
}

/**
 * Checks the factors of a normalization for a tensor of this shape.
 *
 * @throws CantripError OPTION_INVALID or SHAPE_MISMATCH
 */
export function checkFactors(
  who: string,
  path: string,
  shape: readonly number[],
  normalization: unknown,
): asserts normalization is Normalization {
  const channels = shape.at(-1) ?? 1;
  const isKnown = typeof normalization === 'object' && normalization !== null;
  if (isKnown && checked.get(normalization) === channels) return;
  if (!isPlainObject(normalization)) {
    throw normalizationInvalid(who, `${within(path)}normalization must be { scale, offset }`, normalization);
  }
  for (const key of Object.keys(normalization)) {
    if (key !== 'scale' && key !== 'offset') throw unknownKey(who, `${within(path)}normalization`, key);
  }
  const { scale, offset } = normalization as unknown as Normalization;
  for (const [name, part] of Object.entries({ scale, offset })) {
    const at = path ? `${path}.normalization.${name}` : name;
    const numbers: readonly unknown[] = Array.isArray(part) ? part : [part];
    if (!numbers.every(isFloat32)) {
      throw normalizationInvalid(who, `${at} must be a finite number, or one for each channel`, part);
    }
    if (!Array.isArray(part) || part.length === channels) continue;
    throw new CantripError('SHAPE_MISMATCH', {
      who,
      what: `${at} has ${part.length} numbers, but the tensor of shape [${shape.join(', ')}] has ${channels} channels`,
      fix: `Set ${name} to one number, or to one for each channel`,
    });
  }
  checked.set(normalization, channels);
}

function isFloat32(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= greatestFloat32;
}

function normalizationInvalid(who: string, what: string, received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${what}, got ${describe(received)}`,
    fix: 'Write normalization: { scale: 1 / 255, offset: 0 }',
  });
}

function unknownKey(who: string, path: string, key: string): CantripError {
  const known = path.endsWith('normalization') ? 'scale, offset' : 'values, shape, normalization';
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${path || 'tensor'} has no ${key}`,
    fix: `Its properties are ${known}`,
  });
}
