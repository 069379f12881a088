import { readSafetensors, safetensorsParts, writeSafetensors } from '@cantrip/safetensors';
import { describe, expect, it } from 'vitest';
import { goldenFiles } from './fixtures/golden-files.ts';

describe.each(goldenFiles)("Python's file of $name", ({ file, tensors, metadata }) => {
  it('is read as what Python was given', () => {
    const content = readSafetensors(file);
    expect(content.tensors).toEqual(tensors);
    expect(content.metadata).toEqual(metadata);
  });

  it('is written again to the byte, in whatever order the tensors are given', () => {
    expect(writeSafetensors(tensors, metadata)).toEqual(file);
    expect(writeSafetensors(new Map([...tensors].reverse()), metadata)).toEqual(file);
  });

  it('is the concatenation of the parts, which hold the given bytes and no copies', () => {
    const [header, ...values] = safetensorsParts(tensors, metadata);
    expect(new Uint8Array(Buffer.concat([header!, ...values]))).toEqual(file);
    const given = new Set([...tensors.values()].map(({ bytes }) => bytes));
    expect(values.every((part) => given.has(part))).toBe(true);
  });

  it('is returned as views of its own memory, also where it begins in the middle of a buffer', () => {
    const room = new Uint8Array(file.length + 3);
    room.set(file, 3);
    const content = readSafetensors(room.subarray(3));
    expect(content.tensors).toEqual(tensors);
    expect([...content.tensors.values()].every(({ bytes }) => bytes.buffer === room.buffer)).toBe(true);
  });

  it('is read from shared memory and from a Buffer of Node alike', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(file.length));
    shared.set(file);
    for (const bytes of [shared, Buffer.from(file)]) {
      const content = readSafetensors(bytes);
      const copied = [...content.tensors].map(([name, tensor]) => {
        expect(Object.getPrototypeOf(tensor.bytes)).toBe(Uint8Array.prototype);
        return [name, { ...tensor, bytes: Uint8Array.from(tensor.bytes) }] as const;
      });
      expect(new Map(copied)).toEqual(tensors);
    }
  });
});
