import { CantripError } from './cantrip-error.ts';
import { describe } from './describe.ts';
import { isPlainObject } from './check.ts';
import type { OwnCode } from './own-code.ts';

/**
 * The error codes of one package, which live in its own folder, in `src/error-codes.ts`. Each begins with the package's
 * name: `GENTLE_NUDGE_…` for `gentle-nudge`. `docs/errors.md` lists them too. Codes are permanent.
 *
 * @param name - the package's name without its scope
 * @param meanings - the codes, each with one sentence
 * @returns the codes by themselves, for `new CantripError(codes.…)`
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const codes = ownCodes('gentle-nudge', { GENTLE_NUDGE_TOO_FAR: 'A nudge is larger than the weight.' });
 * throw new CantripError(codes.GENTLE_NUDGE_TOO_FAR, { who: 'gentle-nudge', what: 'must …', fix: 'Set …' });
 * ```
 */
export function ownCodes<const Codes extends Readonly<Record<string, string>>>(
  name: string,
  meanings: Codes,
): Readonly<Record<keyof Codes, OwnCode>> {
  if (typeof name !== 'string' || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw invalid('name', "must be the name of a package, e.g. 'gentle-nudge'", name);
  if (!isPlainObject(meanings)) throw invalid('meanings', 'must map codes to sentences', meanings);
  const prefix = `${name.toUpperCase().replaceAll('-', '_')}_`;
  for (const [code, meaning] of Object.entries(meanings)) {
    if (!code.startsWith(prefix) || !/^[A-Z0-9_]*[A-Z0-9]$/.test(code.slice(prefix.length)))
      throw invalid('a code', `must be ${prefix} and capital letters`, code);
    if (typeof meaning !== 'string' || meaning === '')
      throw invalid(`meanings.${code}`, 'must be a sentence', meaning);
  }
  const codes = Object.keys(meanings).map((code) => [code, code as OwnCode] as const);
  return Object.freeze(Object.fromEntries(codes)) as Readonly<Record<keyof Codes, OwnCode>>;
}

function invalid(what: string, wanted: string, received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'ownCodes',
    what: `${what} ${wanted}, got ${describe(received)}`,
    fix: "Write ownCodes('gentle-nudge', { GENTLE_NUDGE_TOO_FAR: 'A sentence.' })",
  });
}
