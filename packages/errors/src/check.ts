/**
 * Tells what is wrong with a value, as an error goes on after the option's name (`must be a number`); nothing where it is
 * right.
 */
export interface Check<Value> {
  (value: unknown): string | undefined;
  /** All that the value may be, as `a number >= 0 and < 1`, where one complaint does not say it whole. */
  readonly wanted?: string | undefined;
  /** What a value that passes is: for the compiler alone. */
  readonly passes?: Value;
}

/** The range of a number. */
export interface NumberRange {
  readonly integer?: boolean;
  /** The least that it may be. */
  readonly atLeast?: number;
  /** It must be greater than this. */
  readonly above?: number;
  /** The most that it may be. */
  readonly atMost?: number;
  /** It must be less than this. */
  readonly below?: number;
}

/**
 * Checks a finite number within a range, in the words of {@link parseOptions} and without valibot.
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

/** Checks for one of a few texts. */
export function oneOf<const Text extends string>(...texts: readonly Text[]): Check<Text> {
  const quoted = texts.map((text) => JSON.stringify(text));
  const choices = [quoted.slice(0, -1).join(', '), quoted.at(-1)].filter((part) => part !== '').join(' or ');
  return (value) => (texts.includes(value as Text) ? undefined : `must be ${choices}`);
}

/** Checks for true or false. */
export const booleanCheck: Check<boolean> = (value) =>
  typeof value === 'boolean' ? undefined : 'must be a boolean';

/** Checks for a function. */
export const functionCheck: Check<(...given: never[]) => unknown> = (value) =>
  typeof value === 'function' ? undefined : 'must be a function';
