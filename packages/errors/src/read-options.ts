import { CantripError } from './cantrip-error.ts';
import type { Check } from './check.ts';
import { describe } from './describe.ts';
import { fixFor, fixForKind } from './fix-for.ts';
import { isPlainObject } from './is-plain-object.ts';

/** An option that may be missing. */
export interface OptionalCheck<Value, Default> extends Check<Value> {
  readonly isOptional: true;
  readonly fallback: Default;
}

/** Checks by option name. */
export type Checks = Readonly<Record<string, Check<unknown>>>;

/** The result of {@link readOptions}. */
export type ReadOptions<Of extends Checks> = {
  readonly [Name in keyof Of]: Of[Name] extends OptionalCheck<infer Value, infer Default>
    ? Value | Default
    : Of[Name] extends Check<infer Value>
      ? Value
      : never;
};

/** Makes an option optional. If it is missing or undefined, it takes the value `fallback`. */
export function optional<Value>(check: Check<Value>): OptionalCheck<Value, undefined>;
export function optional<Value>(check: Check<Value>, fallback: Value): OptionalCheck<Value, Value>;
export function optional<Value>(
  check: Check<Value>,
  fallback?: Value,
): OptionalCheck<Value, Value | undefined> {
  const checkUnlessLeftOut = (value: unknown): string | undefined =>
    value === undefined ? undefined : check(value);
  return Object.assign(checkUnlessLeftOut, { isOptional: true as const, fallback, wanted: check.wanted });
}

/**
 * Checks the options of a small function and fills in their defaults.
 *
 * It throws the same errors as {@link parseOptions}, but needs no valibot. It is for code that must be small in a
 * browser.
 *
 * @param who - the function, as the user wrote it
 * @throws CantripError OPTION_INVALID, which names the first wrong option and what was received
 * @example
 * ```ts
 * const checks = { value: numberIn({ atLeast: 0 }), steps: optional(numberIn({ integer: true }), 10) };
 * readOptions('decay', checks, { value: 0.1 }); // { value: 0.1, steps: 10 }
 * readOptions('decay', checks, { value: -1 });
 * // CantripError: [decay] value must be >= 0, got -1. Set value to a finite number >= 0. (OPTION_INVALID)
 * ```
 */
export function readOptions<const Of extends Checks>(
  who: string,
  checks: Of,
  options: unknown,
): ReadOptions<Of> {
  if (typeof options !== 'object' || options === null) refuse(who, 'options', 'must be an object', options);
  const given = options as Readonly<Record<string, unknown>>;
  const read: Record<string, unknown> = {};
  for (const [name, check] of Object.entries(checks)) {
    const { isOptional, fallback } = check as Partial<OptionalCheck<unknown, unknown>>;
    if (!isOptional && !(name in given)) throw invalid(who, `${name} is missing`, `Set ${name}`);
    checkArgument(who, name, check, given[name]);
    read[name] = given[name] === undefined ? fallback : given[name];
  }
  for (const name in given) {
    if (name in checks) continue;
    throw invalid(
      who,
      `has no option ${name}`,
      `Its options are ${Object.keys(checks).join(', ') || 'none'}`,
    );
  }
  if (!isPlainObject(options)) {
    throw invalid(
      who,
      `options must be a plain object, got ${describe(options)}`,
      fixForKind('options', options) ?? 'Write options as { … }',
    );
  }
  return read as ReadOptions<Of>;
}

/**
 * Checks one argument, as {@link readOptions} checks an option.
 *
 * @throws CantripError OPTION_INVALID
 */
export function checkArgument(who: string, name: string, check: Check<unknown>, value: unknown): void {
  const complaint = check(value);
  if (complaint !== undefined) refuse(who, name, complaint, value, check.wanted);
}

function refuse(
  who: string,
  name: string,
  complaint: string,
  value: unknown,
  wanted: string = complaint.startsWith('must be ') ? complaint.slice(8) : 'a value that is allowed',
): never {
  throw invalid(who, `${name} ${complaint}, got ${describe(value)}`, fixFor(name, value, wanted));
}

function invalid(who: string, what: string, fix: string): CantripError {
  return new CantripError('OPTION_INVALID', { who, what, fix });
}
