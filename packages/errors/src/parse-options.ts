import * as v from 'valibot';
import { CantripError } from './cantrip-error.ts';
import { describe, fixFor } from './describe.ts';
import { expectation } from './expectation.ts';
import { findForeignObject } from './foreign-object.ts';
import { rangeOf } from './range-of.ts';
import { requirePlainObject } from './read-options.ts';

/**
 * Checks options against a valibot schema and fills in its defaults.
 *
 * Use `v.strictObject`, so that a misspelt option is an error. Options must be plain objects: an array, a promise or
 * another object of a class is refused. If the schema has a message of its own, it replaces "must be …".
 *
 * @param who - the factory or function, as the user wrote it
 * @throws CantripError OPTION_INVALID, which names the first wrong option and what was received
 * @example
 * ```ts
 * const schema = v.strictObject({ smoothing: v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), 0.1) });
 * parseOptions('labelSmoothing', schema, {}); // { smoothing: 0.1 }
 * parseOptions('labelSmoothing', schema, { smoothing: 1.5 });
 * // CantripError: [labelSmoothing] smoothing must be < 1, got 1.5. Set smoothing to a number >= 0 and < 1. (OPTION_INVALID)
 * ```
 */
export function parseOptions<const Schema extends v.GenericSchema>(
  who: string,
  schema: Schema,
  options: unknown,
): v.InferOutput<Schema> {
  checkCall(who, schema);
  // Before its parts: of an array it would be said that an option is missing.
  if ('entries' in schema) requirePlainObject(who, 'options', options);
  const result = v.safeParse(schema, options, { abortEarly: true, message: expectation });
  if (result.success) {
    refuseForeignObjects(who, schema, options);
    return result.output;
  }
  throw new CantripError('OPTION_INVALID', { who, ...whatAndFix(schema, result.issues[0]) });
}

function checkCall(who: string, schema: v.GenericSchema): void {
  if (typeof who === 'string' && isSchema(schema)) return;
  const what =
    typeof who === 'string'
      ? `schema must be a schema of valibot, got ${describe(schema)}`
      : `who must be the name of a function, got ${describe(who)}`;
  throw new CantripError('OPTION_INVALID', {
    who: 'parseOptions',
    what,
    fix: 'Write parseOptions(who, schema, options)',
  });
}

function isSchema(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && typeof (value as v.GenericSchema)['~run'] === 'function'
  );
}

function refuseForeignObjects(who: string, schema: v.GenericSchema, given: unknown): void {
  const found = findForeignObject(schema, given);
  if (found) requirePlainObject(who, formatPath(found.path), found.value);
}

function whatAndFix(schema: v.GenericSchema, issue: v.BaseIssue<unknown>): { what: string; fix: string } {
  const path = pathOf(issue);
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const known = optionNames(schemaAt(schema, issue)).join(', ') || 'none';
    return { what: `has no option ${path}`, fix: `Its options are ${known}` };
  }
  if (isMissingKey(issue)) return { what: `${path} is missing`, fix: `Set ${path}` };
  const { input, message } = issue;
  // A message of the schema says more than its range does.
  const wanted = message === expectation(issue) ? rangeOf(schemaOfValue(schema, issue)) : undefined;
  return {
    what: `${path} ${message}, got ${describe(input)}`,
    fix: fixFor(path, input, wanted ?? wantedBy(message)),
  };
}

/** The path of an option, e.g. `layers[1].units`; `options` for the whole object. */
function pathOf(issue: v.BaseIssue<unknown>): string {
  return formatPath(keysOf(issue));
}

function formatPath(keys: readonly unknown[]): string {
  const text = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '') || 'options';
}

function keysOf(issue: v.BaseIssue<unknown>): readonly unknown[] {
  return (issue.path ?? []).map(({ key }) => key);
}

/** valibot reports a missing key on the object, with the quoted key as the expected value. */
function isMissingKey(issue: v.BaseIssue<unknown>): boolean {
  const { type, expected, input } = issue;
  return input === undefined && type.endsWith('object') && expected === JSON.stringify(keysOf(issue).at(-1));
}

/** The object schema that contains the issue's key; undefined if it cannot be found. */
function schemaAt(schema: v.GenericSchema, issue: v.BaseIssue<unknown>): unknown {
  return (issue.path ?? []).reduce<unknown>((at, { key, input }, depth, path) => {
    const here = chosen(at, input);
    if (depth === path.length - 1) return here;
    return typeof key === 'number' ? within(here, 'item') : entriesOf(here)?.[String(key)];
  }, schema);
}

/** The schema of the value that an issue is about; undefined if it cannot be found. */
function schemaOfValue(schema: v.GenericSchema, issue: v.BaseIssue<unknown>): unknown {
  const key = keysOf(issue).at(-1);
  const holder = schemaAt(schema, issue);
  return typeof key === 'number' ? within(holder, 'item') : entriesOf(holder)?.[String(key)];
}

function optionNames(schema: unknown): string[] {
  return Object.keys(entriesOf(schema) ?? {});
}

function entriesOf(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  return within(schema, 'entries') as Readonly<Record<string, unknown>> | undefined;
}

/** Reads a part of a schema. For an optional schema, it reads the part of the wrapped schema. */
function within(schema: unknown, name: 'entries' | 'item'): unknown {
  if (typeof schema !== 'object' || schema === null) return undefined;
  if (name in schema) return (schema as Readonly<Record<string, unknown>>)[name];
  return 'wrapped' in schema ? within(schema.wrapped, name) : undefined;
}

/** The part of valibot's schemas that is read to choose between several schemas. */
interface Choosing {
  readonly wrapped?: unknown;
  readonly getter?: (input: unknown) => unknown;
  /** Of a variant: the key that selects the schema. */
  readonly key?: string;
  readonly options?: readonly unknown[];
}

/** The schema that applies to an input, if there are several. */
function chosen(schema: unknown, input: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  const { wrapped, getter, key, options } = schema as Choosing;
  if (wrapped !== undefined) return chosen(wrapped, input);
  if (getter) return chosen(getter(input), input);
  if (key === undefined || !options) return schema;
  const value = (input as Readonly<Record<string, unknown>>)[key];
  return options.find((option) => v.is(entriesOf(option)?.[key] as v.GenericSchema, value));
}

/** Turns a schema's message into the value that is wanted: `must be in [0, 1)` becomes `a number in [0, 1)`. */
function wantedBy(complaint: string): string {
  const wanted = /^must be (.+)$/.exec(complaint)?.[1];
  if (wanted === undefined) return 'a value that is allowed';
  if (/^([<>]|in [[(])/.test(wanted)) return `a number ${wanted}`;
  if (wanted === 'finite') return 'a finite number';
  return /^(an? |the |one |at least one |["'[{\d]|true|false|undefined|null)/.test(wanted)
    ? wanted
    : `a value that is ${wanted}`;
}
