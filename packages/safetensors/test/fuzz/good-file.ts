import fc from 'fast-check';
import { goldenFiles } from '../fixtures/golden-files.ts';
import { type Parts, unframe } from './frame.ts';

const widths = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
};

const oddNames = [
  '__proto__',
  'constructor',
  'length',
  '',
  '0',
  '\ufeff',
  '\u{1f600}',
  '\ufffd',
  'a\u0000b',
  '"\\',
];

const name = fc.oneof(
  { weight: 3, arbitrary: fc.string({ minLength: 1, maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(...oddNames) },
);

const tensor = fc.record({
  name,
  dtype: fc.constantFrom(...(Object.keys(widths) as (keyof typeof widths)[])),
  shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
});

/** How a header may be written: white space, order of tensors and keys, and escapes do not change what it says. */
const spelling = fc.record({
  space: fc.constantFrom('', '', ' ', '\n\t', '\r\n'),
  shuffle: fc.nat(5),
  keys: fc.shuffledSubarray(['dtype', 'shape', 'data_offsets'], { minLength: 3 }),
  escape: fc.boolean(),
  padding: fc.nat(9),
});

const drawn: fc.Arbitrary<Parts> = fc
  .record({
    tensors: fc.uniqueArray(tensor, { maxLength: 6, selector: (drawn) => drawn.name }),
    metadata: fc.option(fc.uniqueArray(fc.tuple(name, name), { maxLength: 3, selector: ([key]) => key })),
    spelling,
    seed: fc.nat(255),
  })
  .map(({ tensors, metadata, spelling: { space, shuffle, keys, escape, padding }, seed }) => {
    const text = (value: string): string => (escape ? escaped(value) : JSON.stringify(value));
    const object = (members: readonly string[]): string =>
      `{${space}${members.join(`${space},${space}`)}${space}}`;
    let end = 0;
    const members = tensors.map(({ name: key, dtype, shape }) => {
      const begin = end;
      end += shape.reduce((product, size) => product * size, widths[dtype]);
      const values: Readonly<Record<string, string>> = {
        dtype: text(dtype),
        shape: `[${shape.join(`${space},`)}]`,
        data_offsets: `[${begin},${space}${end}]`,
      };
      return `${text(key)}${space}:${object(keys.map((part) => `${text(part)}:${values[part]!}`))}`;
    });
    if (metadata) {
      members.push(`"__metadata__":${object(metadata.map(([key, value]) => `${text(key)}:${text(value)}`))}`);
    }
    const turned = [...members.slice(shuffle), ...members.slice(0, shuffle)];
    const data = Uint8Array.from({ length: end }, (_, index) => (index * 37 + seed) % 256);
    return { header: object(turned) + ' '.repeat(padding), data };
  });

const golden = fc.constantFrom(...goldenFiles.map(({ file }) => unframe(file)));

/** Files that are right: drawn ones, and real ones of Python. */
export const goodFile: fc.Arbitrary<Parts> = fc.oneof(
  { weight: 2, arbitrary: drawn },
  { weight: 1, arbitrary: golden },
);

function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, index) =>
    text.charCodeAt(index).toString(16).padStart(4, '0'),
  );
  return `"${units.map((unit) => `\\u${unit}`).join('')}"`;
}
