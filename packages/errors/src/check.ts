/** What is wrong with a value, as the text after the option's name in an error: `must be a number`. */
export type Complaint = `must be ${string}`;

/**
 * Returns what is wrong with a value, as the text that follows the option's name in an error (`must be a number`).
 * Returns undefined for a valid value.
 */
export interface Check<Value> {
  (value: unknown): Complaint | undefined;
  /**
   * Everything that the value may be, e.g. `a number >= 0 and < 1`. Needed if one complaint names only a part of the
   * range.
   */
  readonly wanted?: string | undefined;
  /** The type of a valid value. For the compiler only. */
  readonly passes?: Value;
}

/** Checks for any number except NaN. */
export const numberCheck: Check<number> = (value) =>
  typeof value !== 'number' || Number.isNaN(value) ? 'must be a number' : undefined;

/** One end of a range of numbers: its text, and a function that checks it. */
export type Bound = readonly [range: string, holds: (value: number) => boolean];

/** The smallest allowed value, for {@link numberIn} and {@link integerIn}. */
export const atLeast = (least: number): Bound => [`>= ${least}`, (value) => value >= least];

/** The value must be greater than this, for {@link numberIn} and {@link integerIn}. */
export const above = (bound: number): Bound => [`> ${bound}`, (value) => value > bound];

/** The largest allowed value, for {@link numberIn} and {@link integerIn}. */
export const atMost = (most: number): Bound => [`<= ${most}`, (value) => value <= most];

/** The value must be less than this, for {@link numberIn} and {@link integerIn}. */
export const below = (bound: number): Bound => [`< ${bound}`, (value) => value < bound];

/**
 * Checks a finite number within a range, with the messages of {@link parseOptions} but without valibot.
 *
 * @example
 * ```ts
 * numberIn(atLeast(0), below(1))(-1); // must be >= 0
 * ```
 */
export const numberIn = (...bounds: readonly Bound[]): Check<number> =>
  inRange('a finite number', (value) => (Number.isFinite(value) ? undefined : 'must be finite'), bounds);

/**
 * Checks an integer within a range, with the messages of {@link parseOptions} but without valibot.
 *
 * @example
 * ```ts
 * integerIn(atLeast(1))(1.5); // must be an integer
 * ```
 */
export const integerIn = (...bounds: readonly Bound[]): Check<number> =>
  inRange(
    'an integer',
    (value) =>
      Number.isSafeInteger(value)
        ? undefined
        : `must be an integer${Number.isInteger(value) ? ' of less than 2^53 in size' : ''}`,
    bounds,
  );

function inRange(
  kind: string,
  kindCheck: (value: number) => Complaint | undefined,
  bounds: readonly Bound[],
): Check<number> {
  const check: Check<number> = (value) =>
    numberCheck(value) ??
    kindCheck(value as number) ??
    bounds.filter(([, holds]) => !holds(value as number)).map(([range]) => `must be ${range}` as const)[0];
  return Object.assign(check, {
    wanted: `${kind} ${bounds.map(([range]) => range).join(' and ')}`.trimEnd(),
  });
}

/** Checks for one of several strings. */
export function oneOf<const Text extends string>(...texts: readonly Text[]): Check<Text> {
  const quoted = texts.map((text) => JSON.stringify(text));
  const choices = [quoted.slice(0, -1).join(', '), quoted.at(-1)].filter((part) => part !== '').join(' or ');
  return (value) => (texts.includes(value as Text) ? undefined : `must be ${choices}`);
}

/** Checks for a boolean. */
export const booleanCheck: Check<boolean> = (value) =>
  typeof value === 'boolean' ? undefined : 'must be a boolean';

/** Checks for a function. */
export const functionCheck: Check<(...given: never[]) => unknown> = (value) =>
  typeof value === 'function' ? undefined : 'must be a function';

/** Returns whether `value` is a plain object: `{ … }`, also without a prototype or from another realm. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
