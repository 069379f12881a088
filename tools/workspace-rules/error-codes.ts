import { catalogue } from '@cantrip/errors';
import type { Breach, Rule } from './rule.ts';

/** Every code that source or text names is in the catalogue, and the catalogue is in alphabetical order. */
export const errorCodes: Rule = errorCodesOf(catalogue);

/** {@link errorCodes} for any catalogue. */
export function errorCodesOf(codes: Readonly<Record<string, string>>): Rule {
  return {
    name: 'error codes',
    check: ({ files }) => [
      ...disorder(codes),
      ...[...files].flatMap(([file, text]) => unknown(codes, file, text)),
    ],
  };
}

function unknown(codes: Readonly<Record<string, string>>, file: string, text: string): Breach[] {
  if (!/^(packages\/[^/]+\/(src\/.+\.ts|README\.md)|docs\/.+\.(md|ts)|README\.md)$/.test(file)) return [];
  const used = text.matchAll(/new CantripError\(\s*['"](\w+)['"]|[.!]\s\(([A-Z]+_[A-Z_]+)\)/g);
  const names = new Set([...used].map((match) => match[1] ?? match[2] ?? ''));
  return [...names]
    .filter((name) => !(name in codes))
    .map((name) => ({
      file,
      what: `names the error code ${name}, which is not in the catalogue`,
      fix: 'Add it to packages/errors/src/catalogue.ts and run `npm run generate`, or use one that is there',
    }));
}

function disorder(codes: Readonly<Record<string, string>>): Breach[] {
  const names = Object.keys(codes);
  const misplaced = names.find((name, index) => index > 0 && name < (names[index - 1] ?? ''));
  if (misplaced === undefined) return [];
  return [
    {
      file: 'packages/errors/src/catalogue.ts',
      what: `${misplaced} is not in alphabetical order`,
      fix: 'Move it up',
    },
  ];
}
