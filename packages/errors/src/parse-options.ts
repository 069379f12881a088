import * as v from 'valibot';
import { CantripError } from './cantrip-error.ts';

/**
 * Checks options against a valibot schema and fills in its defaults.
 *
 * Use `v.strictObject`, so that a misspelt option is an error. A schema's own message, where it has one, takes
 * the place of "must be …".
 *
 * @param who - the factory or function, as the user wrote it
 * @throws CantripError OPTION_INVALID, naming the first option that is wrong and what was received
 * @example
 * ```ts
 * const schema = v.strictObject({ smoothing: v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), 0.1) });
 * parseOptions('labelSmoothing', schema, { smoothing: 1.5 });
 * // CantripError: [labelSmoothing] smoothing must be < 1, got 1.5. Give smoothing a value that fits. (OPTION_INVALID)
 * ```
 */
export function parseOptions<const Schema extends v.GenericSchema>(
  who: string,
  schema: Schema,
  options: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, options, { abortEarly: true, message: expectation });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue) ?? 'options';
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `has no option ${path}`,
      fix: `Its options are ${optionNames(schema).join(', ') || 'none'}`,
    });
  }
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${path} ${issue.message}, got ${describe(issue.input)}`,
    fix: `Give ${path} a value that fits`,
  });
}

function expectation(issue: v.BaseIssue<unknown>): string {
  const spaced = (issue.expected ?? 'valid').replace(/^([<>]=?)(?=\S)/, '$1 ');
  return issue.type === 'integer' ? 'must be an integer' : `must be ${spaced}`;
}

function optionNames(schema: v.GenericSchema): string[] {
  return 'entries' in schema ? Object.keys(schema.entries as object) : [];
}

/** How a value that was received is written in an error. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (Array.isArray(value))
    return `[${value.slice(0, 6).map(describe).join(', ')}${value.length > 6 ? ', …' : ''}]`;
  if (typeof value === 'object' && value !== null)
    return `an object of ${value.constructor?.name ?? 'no class'}`;
  return String(value);
}
