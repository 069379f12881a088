import { catalogue } from '@cantrip/errors';
import { type OwnCode, ownCodesIn } from '../workspace/own-codes-in.ts';
import type { Breach, Rule } from './rule.ts';

/** Every code that source or text names is in the catalogue, and the catalogue is in alphabetical order. */
export const errorCodes: Rule = errorCodesOf(catalogue);

/** {@link errorCodes} for any catalogue. */
export function errorCodesOf(codes: Readonly<Record<string, string>>): Rule {
  return {
    name: 'error codes',
    check: ({ files }) => {
      const own = ownCodesIn(files);
      const known = { ...codes, ...Object.fromEntries(own.map(({ code, meaning }) => [code, meaning])) };
      return [
        ...disorder(codes),
        ...misnamed(own, codes),
        ...[...files].flatMap(([file, text]) => unknown(known, file, text)),
      ];
    },
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
      fix: 'Add it to src/error-codes.ts of its package or to packages/errors/src/catalogue.ts, and run `npm run generate`',
    }));
}

/** A package's own code begins with its name, and is no other's. */
function misnamed(own: readonly OwnCode[], codes: Readonly<Record<string, string>>): Breach[] {
  return own.flatMap(({ code, owner }) => {
    const prefix = `${owner.toUpperCase().replaceAll('-', '_')}_`;
    const file = `packages/${owner}/src/error-codes.ts`;
    if (code in codes)
      return [
        { file, what: `defines ${code}, which is in the catalogue`, fix: 'Use the one of the catalogue' },
      ];
    if (code.startsWith(prefix)) return [];
    return [
      { file, what: `defines ${code}, which does not begin with ${prefix}`, fix: `Rename it to ${prefix}…` },
    ];
  });
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
