import { CantripError, describe } from '@cantrip/errors';

const kinds: Readonly<Record<string, string>> = {
  AsyncFunction: 'an async function',
  GeneratorFunction: 'a generator function',
  AsyncGeneratorFunction: 'an async generator function',
};

/** What a function is that gives no result when it is called: a class, a generator, or one that must be awaited. */
function unlike(given: unknown, mayWait: boolean): string | undefined {
  if (typeof given !== 'function') return undefined;
  if (isClass(given)) return 'a class';
  const tag = Object.prototype.toString.call(given).slice(8, -1);
  return mayWait && tag === 'AsyncFunction' ? undefined : kinds[tag];
}

/** Whether a value is a class, which is a function too. */
export const isClass = (given: unknown): boolean =>
  typeof given === 'function' && /^class\b/.test(Function.prototype.toString.call(given));

/** Whether a value is a function that gives its result when it is called. */
export const isPlainFunction = (given: unknown): boolean =>
  typeof given === 'function' && unlike(given, false) === undefined;

/**
 * Refuses a function that can not give what an option needs.
 *
 * @param mayWait - whether what it gives may be awaited
 * @throws CantripError OPTION_INVALID
 */
export function requirePlainFunction(option: string, given: unknown, mayWait = false): void {
  const kind = unlike(given, mayWait);
  if (kind === undefined) return;
  throw new CantripError('OPTION_INVALID', {
    who: 'createTrainer',
    what: `${option} is ${kind}: ${describe(given)}`,
    fix: `Give ${option} a function that returns its result`,
  });
}
