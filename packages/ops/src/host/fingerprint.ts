import { type Check, checkArgument } from '@cantrip/errors';

/** Arrays of up to this many numbers are read completely. */
const whole = 65_536;
/** Larger arrays are read at this many places, … */
const places = 4096;
/** … with this many numbers at each. */
const run = 16;

type Numbers = ArrayBufferView<ArrayBufferLike> & { readonly length: number };

const isNumbers = (value: unknown): boolean => ArrayBuffer.isView(value) && !(value instanceof DataView);
const partsCheck: Check<readonly (string | Numbers)[]> = (value) =>
  Array.isArray(value) && value.every((part) => typeof part === 'string' || isNumbers(part))
    ? undefined
    : 'must be an array of strings and typed arrays';

/** Reads all of a small array, and numbers at even distances of a large one. */
function* samplesOf(values: Numbers): Generator<Uint8Array> {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (values.length <= whole) {
    yield bytes;
    return;
  }
  const width = values.byteLength / values.length;
  for (let place = 0; place < places; place++) {
    const first = Math.floor((place * (values.length - run)) / (places - 1));
    yield bytes.subarray(first * width, (first + run) * width);
  }
}

/**
 * Returns eight characters that differ for other texts and other numbers, so a run notices other data. Large arrays
 * are only sampled, because reading all data at the start of an epoch would take too long.
 *
 * FNV-1a of 32 bits.
 *
 * @throws CantripError OPTION_INVALID
 */
export function fingerprint(parts: readonly (string | Numbers)[]): string {
  checkArgument('fingerprint', 'parts', partsCheck, parts);
  let hash = 0x811c9dc5;
  const take = (bytes: Uint8Array): void => {
    for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  };
  for (const part of parts) {
    if (typeof part === 'string') take(new TextEncoder().encode(`${part}\n`));
    else for (const bytes of samplesOf(part)) take(bytes);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
