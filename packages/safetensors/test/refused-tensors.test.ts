import { readSafetensors, type SafeTensor, writeSafetensors } from '@cantrip/safetensors';
import { describe, expect, it } from 'vitest';

const right = { dtype: 'U8', shape: [2], bytes: Uint8Array.of(1, 2) };
const write = (name: unknown, tensor: unknown, metadata?: unknown): Uint8Array =>
  writeSafetensors(
    new Map([[name, tensor]]) as ReadonlyMap<string, SafeTensor>,
    metadata as ReadonlyMap<string, string>,
  );

const refused: readonly (readonly [title: string, name: unknown, tensor: unknown, says: string])[] = [
  ['is null', 'a', null, 'must be { dtype, shape, bytes }, got null'],
  ['has a type of TensorFlow.js', 'a', { ...right, dtype: 'float32' }, 'must be one of BOOL'],
  ['has a type that is a key of objects', 'a', { ...right, dtype: '__proto__' }, 'must be one of BOOL'],
  ['has a shape that is a number', 'a', { ...right, shape: 2 }, 'must be an array of at most 64 integers'],
  ['has half a row', 'a', { ...right, shape: [1.5] }, 'must be an array of at most 64 integers'],
  ['has a hole in its shape', 'a', { ...right, shape: [2, , 1] }, 'must be an array of at most 64 integers'],
  [
    'has more than 64 axes',
    'a',
    { ...right, shape: Array.from({ length: 65 }, () => 1) },
    'at most 64 integers',
  ],
  [
    'has values and not bytes',
    'a',
    { ...right, bytes: Float32Array.of(1) },
    'must be a Uint8Array, got Float32Array(1)',
  ],
  ['has fewer bytes than its shape', 'a', { ...right, shape: [3] }, 'have 3 bytes, got 2'],
  ['has a shape of 2^53 values', 'a', { ...right, shape: [2 ** 50, 8] }, 'have 2^53 or more bytes, got 2'],
  ['has the name of the metadata', '__metadata__', right, 'must not be named __metadata__'],
  ['has half a letter in its name', '\ud83d', right, 'without lone surrogates'],
  ['has a number as its name', 3, right, 'must be a string without lone surrogates, got 3'],
  ['has a name of 4097 bytes', 'n'.repeat(4097), right, 'must have at most 4096 bytes in JSON, got 4097'],
];

describe('A tensor is not written if it', () => {
  it.each(refused)('%s', (_, name, tensor, says) => {
    expect(() => write(name, tensor)).toThrow(says);
    expect(() => write(name, tensor)).toThrow(/^\[writeSafetensors\] .+\(OPTION_INVALID\)$/);
  });
});

it('Metadata that is no text is not written', () => {
  expect(() => write('a', right, new Map([['step', 3]]))).toThrow('the metadata "step" must be a string');
  expect(() => write('a', right, { format: 'pt' })).toThrow('metadata must be a Map by name');
});

it('Metadata is written in the order of its names, so the same content gives the same file', () => {
  const entries = Array.from({ length: 16 }, (_, index) => [String(index), `text ${index}`] as const);
  const file = write('a', right, new Map(entries));
  expect(write('a', right, new Map([...entries].reverse()))).toEqual(file);
  expect(readSafetensors(file).metadata).toEqual(new Map(entries));
});
