import { createHash } from 'node:crypto';
import { CantripError, describe, isPlainObject } from '@cantrip/errors';

/**
 * Hashes facts to 16 hexadecimal digits. Equal facts have equal digits.
 *
 * @param facts - JSON values: strings, finite numbers, booleans, null, and arrays and plain objects of these
 * @throws CantripError OPTION_INVALID for anything else, because JSON would give different values the same text
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
    // JSON leaves it out.
    if (part !== undefined) refuseOthers(part, `${path}.${key}`, [...around, value]);
  }
}

function noFact(path: string, received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: 'hashOf',
    what: `${path} must be a JSON value, got ${describe(received)}`,
    fix: 'Pass strings, finite numbers, booleans, null, and arrays and plain objects of these',
  });
}
