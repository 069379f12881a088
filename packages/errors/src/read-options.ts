import { CantripError } from './cantrip-error.ts';
import { type Check, type Complaint, isPlainObject } from './check.ts';
import { describe, fixFor } from './describe.ts';

/** An option that may be missing; it then takes the value `fallback`. */
export interface Optional<Value, Default> {
  readonly check: Check<Value>;
  readonly fallback: Default;
}

/** Checks by option name. */
export type Checks = Readonly<Record<string, Check<unknown> | Optional<unknown, unknown>>>;

/** The result of {@link readOptions}. */
export type ReadOptions<Of extends Checks> = {
  readonly [Name in keyof Of]: Of[Name] extends Optional<infer Value, infer Default>
    ? Value | Default
    : Of[Name] extends Check<infer Value>
      ? Value
      : never;
};

/** Makes an option optional. If it is missing or undefined, it takes the value `fallback`. */
export function optional<Value>(check: Check<Value>): Optional<Value, undefined>;
export function optional<Value>(check: Check<Value>, fallback: Value): Optional<Value, Value>;
export function optional<Value>(check: Check<Value>, fallback?: Value): Optional<Value, Value | undefined> {
  return { check, fallback };
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
 * const checks = { value: numberIn(atLeast(0)), steps: optional(integerIn(), 10) };
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
  requirePlainObject(who, 'options', options);
  const read: Record<string, unknown> = {};
  for (const name in checks) {
    const entry = checks[name]!;
    const value = options[name];
    if ('fallback' in entry && value === undefined) read[name] = entry.fallback;
    else {
      if (!(name in options)) refuse(who, `${name} is missing`, `Set ${name}`);
      checkArgument(who, name, 'fallback' in entry ? entry.check : entry, value);
      read[name] = value;
    }
  }
  for (const name in options) {
    if (!(name in checks))
      refuse(who, `has no option ${name}`, `Its options are ${Object.keys(checks).join(', ') || 'none'}`);
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
  if (complaint !== undefined) refuseValue(who, name, complaint, value, check.wanted);
}

/**
 * Refuses a value that is not a plain object `{ … }`. An array, a promise or another object of a class has none of the
 * options, so all of them would silently take their defaults.
 *
 * @throws CantripError OPTION_INVALID
 */
export function requirePlainObject(
  who: string,
  path: string,
  value: unknown,
): asserts value is Readonly<Record<string, unknown>> {
  if (!isPlainObject(value)) refuseValue(who, path, 'must be a plain object', value, '{ … }');
}

function refuseValue(
  who: string,
  name: string,
  complaint: Complaint,
  value: unknown,
  wanted = complaint.slice('must be '.length),
): never {
  refuse(who, `${name} ${complaint}, got ${describe(value)}`, fixFor(name, value, wanted));
}

function refuse(who: string, what: string, fix: string): never {
  throw new CantripError('OPTION_INVALID', { who, what, fix });
}
