/** Arrays of up to so many numbers are read whole. */
const whole = 65_536;
/** Of larger ones so many places are looked at… */
const places = 4096;
/** …and so many numbers at each. */
const run = 16;

type Numbers = ArrayBufferView<ArrayBufferLike> & { readonly length: number };

/** What an array holds: all of a small one, and of a large one numbers at even distances. */
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
 * Eight characters that tell other words and other numbers, so that a run can tell other data. Of large arrays it is a
 * sample, because an epoch must not begin with reading all data.
 *
 * FNV-1a of 32 bits.
 */
export function fingerprint(parts: readonly (string | Numbers)[]): string {
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
