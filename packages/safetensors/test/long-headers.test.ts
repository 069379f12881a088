import { readSafetensors, type SafeTensor, writeSafetensors } from '@cantrip/safetensors';
import { expect, it } from 'vitest';

const tensor = (value: number): SafeTensor => ({ dtype: 'U8', shape: [1], bytes: Uint8Array.of(value) });

/** Of different lengths, so that each place of a block of the header is once within a name. */
const names: Readonly<Record<string, (index: number) => string>> = {
  plain: (index) => `layer.${'x'.repeat(index % 37)}.${index}`,
  'of characters of two, three and four bytes': (index) => `é層😀${'x'.repeat(index % 31)}.${index}`,
  'that are plain, but for one among a hundred': (index) => `${index % 100 === 7 ? 'é' : 'e'}.${index}`,
  'with quotes and backslashes': (index) => `"${'\\'.repeat(index % 5)}" ${index}`,
  'that are nearly as long as is allowed': (index) => `${'x'.repeat(4090 - (index % 3))}${index % 1000}`,
};

it.each(Object.entries(names))('a long header with names %s is read as it was written', (_, name) => {
  const tensors = new Map(
    Array.from({ length: 3000 }, (_, index) => [name(index), tensor(index % 256)] as const),
  );
  const file = writeSafetensors(tensors);
  const read = readSafetensors(file);
  const begin = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(Buffer.from(file).toString('utf8', 8, begin)) as object;
  expect([...read.tensors.keys()].sort()).toEqual(Object.keys(header).sort());
  for (const [key, { bytes }] of read.tensors) expect(bytes[0], key).toBe(tensors.get(key)!.bytes[0]);
});

it('a long header in shared memory is read', () => {
  const file = writeSafetensors(
    new Map([
      ['é', tensor(1)],
      ['plain', tensor(2)],
    ]),
  );
  const shared = new Uint8Array(new SharedArrayBuffer(file.length));
  shared.set(file);
  expect([...readSafetensors(shared).tensors.keys()]).toEqual(['plain', 'é']);
});
