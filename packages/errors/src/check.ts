/**
 * Returns what is wrong with a value, as the text that follows the option's name in an error (`must be a number`).
 * Returns undefined for a valid value.
 */
export interface Check<Value> {
  (value: unknown): string | undefined;
  /**
   * Everything that the value may be, e.g. `a number >= 0 and < 1`. Needed if one complaint names only a part of the
   * range.
   */
  readonly wanted?: string | undefined;
  /** The type of a valid value. For the compiler only. */
  readonly passes?: Value;
}

/** The range of a number. */
export interface NumberRange {
  readonly integer?: boolean;
  /** The smallest allowed value. */
  readonly atLeast?: number;
  /** The value must be greater than this. */
  readonly above?: number;
  /** The largest allowed value. */
  readonly atMost?: number;
  /** The value must be less than this. */
  readonly below?: number;
}

/**
 * Checks a finite number within a range, with the messages of {@link parseOptions} but without valibot.
 *
 * @example
 * ```ts
 * numberIn({ atLeast: 0 })(-1); // must be >= 0
 * ```
 */
export function numberIn({ integer, atLeast, above, atMost, below }: NumberRange = {}): Check<number> {
  const bounds = Object.entries({ '>=': atLeast, '>': above, '<=': atMost, '<': below }).flatMap(
    ([sign, bound]) => (bound === undefined ? [] : [`${sign} ${bound}`]),
  );
  const wanted = `${integer ? 'an integer' : 'a finite number'} ${bounds.join(' and ')}`.trimEnd();
  const check = (value: unknown): string | undefined => {
    if (typeof value !== 'number' || Number.isNaN(value)) return 'must be a number';
    if (integer && !Number.isSafeInteger(value)) {
      return `must be an integer${Number.isInteger(value) ? ' of less than 2^53 in size' : ''}`;
    }
    if (!Number.isFinite(value)) return 'must be finite';
    if (value < atLeast!) return `must be >= ${atLeast}`;
    if (value <= above!) return `must be > ${above}`;
    if (value > atMost!) return `must be <= ${atMost}`;
    return value >= below! ? `must be < ${below}` : undefined;
  };
  return Object.assign(check, { wanted });
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
