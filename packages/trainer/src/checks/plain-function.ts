import { CantripError, describe } from '@cantrip/errors';

const kinds: Readonly<Record<string, string>> = {
  AsyncFunction: 'an async function',
  GeneratorFunction: 'a generator function',
  AsyncGeneratorFunction: 'an async generator function',
};

/** Says what a function is if a call does not return its result directly: a class, a generator or an async function. */
function unlike(given: unknown, mayWait: boolean): string | undefined {
  if (typeof given !== 'function') return undefined;
  if (isClass(given)) return 'a class';
  const tag = Object.prototype.toString.call(given).slice(8, -1);
  return mayWait && tag === 'AsyncFunction' ? undefined : kinds[tag];
}

/** Whether a value is a class. A class is a function too. */
export const isClass = (given: unknown): boolean =>
  typeof given === 'function' && /^class\b/.test(Function.prototype.toString.call(given));

/** Whether a value is a function whose call returns its result directly. */
export const isPlainFunction = (given: unknown): boolean =>
  typeof given === 'function' && unlike(given, false) === undefined;

/**
 * Refuses a function that cannot return what an option needs.
 *
 * @param mayWait - whether the function may return a promise
 * @throws CantripError OPTION_INVALID
 */
export function requirePlainFunction(option: string, given: unknown, mayWait = false): void {
  const kind = unlike(given, mayWait);
  if (kind === undefined) return;
  throw new CantripError('OPTION_INVALID', {
    who: 'createTrainer',
    what: `${option} must be a function that returns its result, got ${kind}: ${describe(given)}`,
    fix: `Pass a plain function as ${option}`,
  });
}
