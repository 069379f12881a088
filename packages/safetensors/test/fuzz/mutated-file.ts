import fc from 'fast-check';
import { dialects } from './dialects.ts';
import { frame, type Parts } from './frame.ts';
import { goodFile } from './good-file.ts';

type Mutation<Value> = (value: Value) => Value;

const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (length: number, share: number): number => Math.floor(share * length);

/** What may stand in the place of a token of JSON, or between two. */
const tokens = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '',
    ' ',
    '\n',
    '\ufeff',
    '\u0000',
    '\u000b',
    '/**/',
    'null',
    'true',
    'NaN',
  ],
  ...['0', '1', '2', '4', '8', '24', '-1', '-0', '00', '01', '1.0', '1e0', '1E2', '+1', '0x1', '.5', '"1"'],
  ...['4294967296', '9007199254740991', '9007199254740992', '9223372036854775808', '18446744073709551615'],
  ...['18446744073709551616', '1e400', '9'.repeat(400)],
  ...[
    '"F32"',
    '"F64"',
    '"U8"',
    '"BOOL"',
    '"C64"',
    '"F4"',
    '"F8_E8M0"',
    '"f32"',
    '"F32 "',
    '{"F32":null}',
    '"I128"',
  ],
  ...[
    '"dtype"',
    '"shape"',
    '"data_offsets"',
    '"__metadata__"',
    '"__proto__"',
    '"\\ud83d"',
    '"\\u0000"',
    '"\\x"',
    '"\t"',
  ],
  ...[
    '{}',
    '[]',
    '{"a":{}}',
    '[[]]',
    '[0,0]',
    '["F32",[],[0,4]]',
    '"__metadata__":null,',
    '"__metadata__":{},',
  ],
  ...['"extra":1,', '"extra":{"a":[1,{"b":null}]},', '"k":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},'],
  ...[`${'['.repeat(200)}${']'.repeat(200)}`, '{"a":'.repeat(150), `"${'n'.repeat(5000)}"`],
];

const tokenPattern = /"(?:[^"\\]|\\.)*"|[0-9]+|[{}[\],:]|\s+/g;

/** Changes of the header, after which its length is right again. */
const ofParts: fc.Arbitrary<Mutation<Parts>> = fc.oneof(
  fc
    .tuple(place, fc.constantFrom(...tokens), fc.constantFrom('replace', 'before', 'remove'))
    .map(([share, token, how]) => ({ header, data }: Parts): Parts => {
      const found = [...header.matchAll(tokenPattern)];
      const chosen = found[at(found.length, share)];
      if (!chosen) return { header: header + token, data };
      const after = header.slice(chosen.index + (how === 'before' ? 0 : chosen[0].length));
      return { header: header.slice(0, chosen.index) + (how === 'remove' ? '' : token) + after, data };
    }),
  // Two tokens of the same file change places, so that offsets, names and types stand where they are legal.
  fc
    .tuple(place, place, fc.constantFrom(/"(?:[^"\\]|\\.)*"/g, /[0-9]+/g, tokenPattern))
    .map(([from, to, pattern]) => ({ header, data }: Parts): Parts => {
      const found = [...header.matchAll(pattern)];
      const [source, target] = [found[at(found.length, from)], found[at(found.length, to)]];
      if (!source || !target) return { header, data };
      const after = header.slice(target.index + target[0].length);
      return { header: header.slice(0, target.index) + source[0] + after, data };
    }),
  fc.constantFrom(...dialects).map(([pattern, replacement]) => ({ header, data }: Parts): Parts => ({
    header: header.replace(pattern, replacement),
    data,
  })),
  // One member a second time, perhaps with other values.
  fc.tuple(place, fc.boolean()).map(([share, empty]) => ({ header, data }: Parts): Parts => {
    const found = [...header.matchAll(/"(?:[^"\\]|\\.)*"\s*:\s*\{[^{}]*\}/g)];
    const member = found[at(found.length, share)]?.[0];
    if (member === undefined) return { header, data };
    const again = empty ? member.replace(/\[[^[\]]*\]/g, '[0,0]') : member;
    return { header: header.replace('{', () => `{${again},`), data };
  }),
  fc
    .constantFrom(' ', '\n', '\ufeff', '\u0000')
    .map((space) => ({ header, data }: Parts): Parts => ({ header: space + header, data })),
  fc
    .constantFrom('\n', '\t ', '\u0000', '  x', '{}', '        ')
    .map((rest) => ({ header, data }: Parts): Parts => ({ header: header + rest, data })),
  fc.constantFrom(-8, -1, 1, 8).map((more) => ({ header, data }: Parts): Parts => ({
    header,
    data:
      more < 0
        ? data.subarray(0, Math.max(0, data.length + more))
        : new Uint8Array([...data, ...new Uint8Array(more)]),
  })),
);

const lengths = [
  0n,
  1n,
  2n,
  8n,
  99_999_999n,
  100_000_001n,
  2n ** 31n,
  2n ** 32n + 8n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** Changes of the bytes of the file, whatever they are. */
const ofBytes: fc.Arbitrary<Mutation<Uint8Array>> = fc.oneof(
  fc.tuple(place, fc.nat(255)).map(([share, value]) => (file: Uint8Array) => {
    if (file.length > 0) file[at(file.length, share)] = value;
    return file;
  }),
  fc
    .tuple(fc.nat(40), fc.constantFrom(0, 1, 0x20, 0x22, 0x5c, 0x7f, 0x80, 0xc0, 0xed, 0xf5, 0xff))
    .map(([index, value]) => (file: Uint8Array) => {
      if (index < file.length) file[index] = value;
      return file;
    }),
  fc.constantFrom(...lengths).map((length) => (file: Uint8Array) => {
    if (file.length >= 8) new DataView(file.buffer, file.byteOffset).setBigUint64(0, length, true);
    return file;
  }),
  place.map((share) => (file: Uint8Array) => file.slice(0, at(file.length, share))),
  fc.tuple(place, fc.uint8Array({ maxLength: 9 })).map(([share, more]) => (file: Uint8Array) => {
    const index = at(file.length, share);
    return Uint8Array.from([...file.subarray(0, index), ...more, ...file.subarray(index)]);
  }),
  fc.constant((file: Uint8Array) => Uint8Array.from([...file, ...file])),
);

const apply = <Value>(value: Value, mutations: readonly Mutation<Value>[]): Value =>
  mutations.reduce((changed, mutate) => mutate(changed), value);

/** Files that are right, and files with one to four things changed in the header or in the bytes. */
export const mutatedFile: fc.Arbitrary<Uint8Array> = fc
  .tuple(
    goodFile,
    fc.array(ofParts, { maxLength: 2 }),
    fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(ofBytes, { maxLength: 2 }) },
    ),
  )
  .map(([parts, ofHeader, ofFile]) => apply(frame(apply(parts, ofHeader)), ofFile));
