import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readIdx } from '@cantrip/data';
import { isCantripError } from '@cantrip/errors';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { folderOf, idxBytes } from './fixtures/idx-bytes.ts';

const path = join(folderOf({}), 'mutated');

/** Type code and bytes of a value. */
const types = [
  [0x08, 1],
  [0x09, 1],
  [0x0b, 2],
  [0x0c, 4],
  [0x0d, 4],
  [0x0e, 8],
] as const;

const goodFile = fc
  .record({
    type: fc.constantFrom(...types),
    shape: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
    seed: fc.nat(255),
  })
  .map(({ type: [code, width], shape, seed }) => {
    const length = shape.reduce((product, size) => product * size, width);
    const values = Buffer.from(Array.from({ length }, (_, index) => (index * 37 + seed) % 256));
    return idxBytes(shape, values, code);
  });

type Mutation = (bytes: Buffer) => Buffer;

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (bytes: Buffer, share: number): number => Math.floor(share * bytes.length);
const extremes = [0, 1, 2, 0x7f, 0x80, 0xff];

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.constantFrom(...extremes)).map(([share, value]) => (bytes: Buffer) => {
    if (bytes.length > 0) bytes[at(bytes, share)] = value;
    return bytes;
  }),
  // Most of the file are values: here only its header.
  fc.tuple(fc.nat(11), fc.nat(255)).map(([index, value]) => (bytes: Buffer) => {
    if (index < bytes.length) bytes[index] = value;
    return bytes;
  }),
  fc
    .tuple(fc.nat(2), fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff))
    .map(([axis, size]) => (bytes: Buffer) => {
      if (bytes.length >= 8 + 4 * axis) bytes.writeUInt32BE(size, 4 + 4 * axis);
      return bytes;
    }),
  place.map((share) => (bytes: Buffer) => bytes.subarray(0, at(bytes, share))),
  fc.tuple(place, place).map(
    ([from, to]) =>
      (bytes: Buffer) =>
        Buffer.concat([
          bytes.subarray(0, at(bytes, Math.min(from, to))),
          bytes.subarray(at(bytes, Math.max(from, to))),
        ]),
  ),
  fc.tuple(place, fc.uint8Array({ maxLength: 9 })).map(
    ([share, more]) =>
      (bytes: Buffer) =>
        Buffer.concat([bytes.subarray(0, at(bytes, share)), more, bytes.subarray(at(bytes, share))]),
  ),
  fc.constant((bytes: Buffer) => gzipSync(bytes)),
  fc.constant((bytes: Buffer) => Buffer.concat([bytes, bytes])),
);

/** What the file holds by the format's own words, or undefined where it is none: written anew, and in the plainest way. */
function reference(file: Buffer): number[] | undefined {
  const bytes = file[0] === 0x1f ? gunzipSync(file) : file;
  const width = types.find(([code]) => code === bytes[2])?.[1];
  const dimensions = bytes[3] ?? 0;
  if (bytes[0] !== 0 || bytes[1] !== 0 || width === undefined || dimensions === 0) return undefined;
  const values = bytes.subarray(4 + 4 * dimensions);
  const read = {
    8: (offset: number) => values.readUInt8(offset),
    9: (offset: number) => values.readInt8(offset),
    11: (offset: number) => values.readInt16BE(offset),
    12: (offset: number) => values.readInt32BE(offset),
    13: (offset: number) => Math.fround(values.readFloatBE(offset)),
    14: (offset: number) => Math.fround(values.readDoubleBE(offset)),
  }[bytes[2]! as 8 | 9 | 11 | 12 | 13 | 14];
  return Array.from({ length: values.length / width }, (_, index) => read(index * width));
}

it('each of 20,000 mutated files ends right, or in an error of the reader that names it', async () => {
  let right = 0;
  let refused = 0;
  const mutated = fc
    .tuple(goodFile, fc.array(mutation, { maxLength: 3 }))
    .map(([file, mutations]) => mutations.reduce((bytes, mutate) => mutate(Buffer.from(bytes)), file));
  await fc.assert(
    fc.asyncProperty(mutated, async (file) => {
      writeFileSync(path, file);
      try {
        const { values, shape } = await readIdx(path);
        expect(values).toHaveLength(shape.reduce((product, size) => product * size, 1));
        expect([...values]).toEqual(reference(file));
        right += 1;
      } catch (error) {
        if (!isCantripError(error)) throw error;
        expect(error.code).toMatch(/^DATA_(FORMAT|EMPTY)$/);
        expect(error.message.startsWith(`[readIdx] ${path}`)).toBe(true);
        refused += 1;
      }
    }),
    { numRuns: 20_000, seed: 20260401 },
  );
  // Else the mutations would prove little.
  expect(right).toBeGreaterThan(2000);
  expect(refused).toBeGreaterThan(5000);
});
