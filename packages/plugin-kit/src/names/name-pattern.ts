import { type Check, checkArgument } from '@cantrip/errors';

/**
 * A regular expression that matches a part of a name, or a glob for the whole name. In a glob, `*` matches any
 * characters except `/`, and `**` matches any characters: `*_1/kernel`, `head/**`.
 */
export type NamePattern = RegExp | string;

/** Checks for a {@link NamePattern}: a RegExp, or text that is not empty. */
export const namePatternCheck: Check<NamePattern> = (value) =>
  value instanceof RegExp || (typeof value === 'string' && value !== '')
    ? undefined
    : 'must be a RegExp or a glob';

const textCheck: Check<string> = (value) => (typeof value === 'string' ? undefined : 'must be a string');

/**
 * Whether a pattern matches the name of a variable, or its name without the number that makes it unique.
 *
 * @param role - the name without that number, as in `run.roles`: `bidirectional_1/bias` for `bidirectional_1/bias_2`
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * matchesName('head/**', 'head/dense_1/kernel'); // true
 * matchesName(/bias$/, 'bidirectional_1/bias_2', 'bidirectional_1/bias'); // true
 * ```
 */
export function matchesName(pattern: NamePattern, name: string, role: string = name): boolean {
  checkArgument('matchesName', 'pattern', namePatternCheck, pattern);
  checkArgument('matchesName', 'name', textCheck, name);
  checkArgument('matchesName', 'role', textCheck, role);
  const expression = typeof pattern === 'string' ? globExpression(pattern) : pattern;
  // search() is used because test() of a /g expression remembers where it stopped.
  return [name, role].some((one) => one.search(expression) !== -1);
}

function globExpression(glob: string): RegExp {
  const escaped = glob.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replace(/\*+/g, (stars) => (stars.length > 1 ? '.*' : '[^/]*'))}$`, 's');
}
