import { createHash } from 'node:crypto';
import { CantripError, describe, isPlainObject } from '@cantrip/errors';

/**
 * Facts as 16 hexadecimal digits: equal facts give equal digits.
 *
 * @param facts - what JSON can say: texts, finite numbers, truth values, null, and arrays and plain objects of them
 * @throws CantripError OPTION_INVALID on anything else, for JSON would say the same of different values
 * @example
 * ```ts
 * hashOf(['tensorflow', 2]) === hashOf(['tensorflow', 2]); // true
 * ```
 */
export function hashOf(facts: unknown): string {
  refuseOthers(facts, 'facts', []);
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}

function refuseOthers(value: unknown, path: string, around: readonly unknown[]): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number' && Number.isFinite(value)) return;
  if (!(Array.isArray(value) || isPlainObject(value)) || around.includes(value)) throw noFact(path, value);
  for (const [key, part] of Object.entries(value)) {
    // Left out, as by JSON.
    if (part !== undefined) refuseOthers(part, `${path}.${key}`, [...around, value]);
  }
}

function noFact(path: string, received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'hashOf',
    what: `${path} must be what JSON can say, got ${describe(received)}`,
    fix: 'Give texts, finite numbers, truth values, null, and arrays and plain objects of them',
  });
}
