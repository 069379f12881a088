import { readSafetensors, type ReadSafetensorsOptions } from '@cantrip/safetensors';
import { describe, expect, it } from 'vitest';
import { frame } from './fuzz/frame.ts';

const read = (header: string, data: readonly number[] = [], options: ReadSafetensorsOptions = {}): unknown =>
  readSafetensors(frame({ header, data: Uint8Array.from(data) }), options);

const entry = (dtype: string, shape: string, offsets: string): string =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;

/** A header that breaks the format, its data, and what the error says. */
const broken: readonly (readonly [title: string, header: string, data: readonly number[], says: string])[] = [
  [
    'a name twice',
    `{"a":${entry('U8', '[0]', '[0,0]')},"a":${entry('U8', '[1]', '[0,1]')}}`,
    [1],
    'it has "a" twice',
  ],
  [
    'a name twice, once with escapes',
    `{"a":${entry('U8', '[0]', '[0,0]')},"\\u0061":${entry('U8', '[1]', '[0,1]')}}`,
    [1],
    '"a" twice',
  ],
  ['two metadata', '{"__metadata__":{},"__metadata__":{}}', [], '"__metadata__" twice'],
  ['a key of a tensor twice', '{"a":{"dtype":"U8","dtype":"I8"}}', [], 'but has "dtype" too'],
  ['an unknown key of a tensor', '{"a":{"dtype":"U8","__proto__":{}}}', [], 'but has "__proto__" too'],
  ['no shape', '{"a":{"dtype":"U8","data_offsets":[0,0]}}', [], 'but has no shape'],
  [
    'a shape that promises more than the offsets',
    `{"t":${entry('F32', '[1000,1000]', '[0,4]')}}`,
    [0, 0, 0, 0],
    'must have 4000000 bytes',
  ],
  [
    'a product that wraps to 0 in 64 bits',
    `{"t":${entry('F32', '[4294967296,4294967296]', '[0,0]')}}`,
    [],
    'fewer than 2^53 bytes',
  ],
  [
    'a product that wraps to 4 in 64 bits',
    `{"t":${entry('U8', '[4611686018427387905,4]', '[0,4]')}}`,
    [1, 2, 3, 4],
    '< 2^53 in digits alone',
  ],
  ['a size below 0', `{"t":${entry('U8', '[-1]', '[0,0]')}}`, [], 'an integer >= 0'],
  ['a gap before a tensor', `{"a":${entry('U8', '[1]', '[1,2]')}}`, [0, 1], 'leaves a gap before it'],
  [
    'tensors that overlap',
    `{"a":${entry('U8', '[2]', '[0,2]')},"b":${entry('U8', '[2]', '[1,3]')}}`,
    [0, 1, 2],
    'overlaps the one before it',
  ],
  ['bytes after the last tensor', `{"a":${entry('U8', '[1]', '[0,1]')}}`, [0, 1], 'too long'],
  ['offsets beyond the end', `{"a":${entry('U8', '[2]', '[0,2]')}}`, [0], 'truncated'],
  [
    'offsets far beyond the end',
    `{"a":${entry('U8', '[16]', '[1099511627776,1099511627792]')}}`,
    [0],
    'leaves a gap',
  ],
  ['a type that is not known', `{"a":${entry('F128', '[0]', '[0,0]')}}`, [], 'must be one of BOOL, U8'],
  [
    'a type that is a key of objects',
    `{"a":${entry('constructor', '[0]', '[0,0]')}}`,
    [],
    'must be one of BOOL, U8',
  ],
  ['a lone surrogate in a name', `{"\\ud83d":${entry('U8', '[0]', '[0,0]')}}`, [], 'without lone surrogates'],
  ['metadata that is no text', '{"__metadata__":{"a":1}}', [], 'in quotes'],
  ['a deep header', `{"a":${'['.repeat(100_000)}`, [], 'must have "{"'],
  ['an integer of a million digits', `{"a":{"shape":[${'9'.repeat(1_000_000)}]}}`, [], 'in digits alone'],
  ['a header that ends early', '{"a', [], 'the end of the header'],
  ['a header of no bytes', '', [], 'must begin with "{"'],
];

describe('A file is refused in one sentence if it has', () => {
  it.each(broken)('%s', (_, header, data, says) => {
    expect(() => read(header, data)).toThrow(says);
    expect(() => read(header, data)).toThrow(/^\[readSafetensors\] .+\. .+\. \(SAFETENSORS_INVALID\)$/);
  });

  it.each([0n, 2n ** 31n, 2n ** 32n + 2n, 2n ** 53n + 2n, 2n ** 64n - 1n])(
    'a header of %s bytes by its own words',
    (length) => {
      const file = frame({ header: '{}', data: new Uint8Array() });
      new DataView(file.buffer, file.byteOffset).setBigUint64(0, length, true);
      expect(() => readSafetensors(file)).toThrow(/the header must .*\(SAFETENSORS_INVALID\)$/);
    },
  );

  it('a name that is not UTF-8', () => {
    const file = frame({ header: `{"\u00e9":${entry('U8', '[0]', '[0,0]')}}`, data: new Uint8Array() });
    file[file.indexOf(0xc3) + 1] = 0x28;
    expect(() => readSafetensors(file)).toThrow('must be valid UTF-8');
  });

  it('more than the limits that were set', () => {
    const two = `{"long name":${entry('U8', '[0]', '[0,0]')},"b":${entry('U8', '[0]', '[0,0]')}}`;
    expect(() => read(two, [], { maxTensors: 1 })).toThrow('at most 1 tensors, which is maxTensors');
    expect(() => read(two, [], { maxNameBytes: 8 })).toThrow('at most 8 bytes, which is maxNameBytes');
    expect(() => read(two, [], { maxHeaderBytes: two.length - 1 })).toThrow('which is maxHeaderBytes');
    expect(() => read(two, [], { maxTensors: 2, maxNameBytes: 9, maxHeaderBytes: two.length })).not.toThrow();
  });
});

describe('A file is read if', () => {
  it('a tensor is named __proto__', () => {
    const { tensors } = readSafetensors(
      frame({ header: `{"__proto__":${entry('U8', '[1]', '[0,1]')}}`, data: Uint8Array.of(7) }),
    );
    expect([...tensors]).toEqual([['__proto__', { dtype: 'U8', shape: [1], bytes: Uint8Array.of(7) }]]);
    expect(({} as { readonly dtype?: unknown }).dtype).toBeUndefined();
  });

  it('its metadata is empty', () => {
    expect(
      readSafetensors(frame({ header: '{"__metadata__":{}}', data: new Uint8Array() })).metadata.size,
    ).toBe(0);
  });

  it('its header is not padded, so that its values begin at an odd byte', () => {
    const header = `{"odd":${entry('F32', '[1]', '[0,4]')}} `;
    const { tensors } = readSafetensors(frame({ header, data: new Uint8Array(Float32Array.of(0.5).buffer) }));
    expect(new Float32Array(tensors.get('odd')!.bytes.slice().buffer)).toEqual(Float32Array.of(0.5));
  });

  it('every letter of its header is escaped', () => {
    const escape = (text: string): string =>
      `"${[...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
    const header = `{${escape('a')}:{${escape('dtype')}:${escape('U8')},${escape('shape')}:[1],${escape('data_offsets')}:[0,1]}}`;
    expect(readSafetensors(frame({ header, data: Uint8Array.of(1) })).tensors.get('a')?.shape).toEqual([1]);
  });
});
