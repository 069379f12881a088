import { CantripError, describe, type ErrorCode } from '@cantrip/errors';

/** The owner of the checked fields, for error messages. */
export interface Whole {
  readonly who: string;
  /** The path of the object, e.g. `loss` or `metrics[0]`; empty if the object is `who` itself. */
  readonly path: string;
  readonly code: ErrorCode;
}

/** Whether a field is valid, and what it must be. */
export type PartRule = readonly [fits: boolean, expectation: string];

/**
 * Checks the fields of an object that users may write. Undefined fields are skipped.
 *
 * @throws CantripError with the given code; it names the first invalid field
 */
export function checkParts(
  { who, path, code }: Whole,
  parts: Readonly<Record<string, unknown>>,
  rules: Readonly<Record<string, PartRule>>,
): void {
  for (const [key, [fits, expectation]] of Object.entries(rules)) {
    if (fits || parts[key] === undefined) continue;
    const name = path === '' ? key : `${path}.${key}`;
    throw new CantripError(code, {
      who,
      what: `${name} must be ${expectation}, got ${describe(parts[key])}`,
      fix:
        parts[key] instanceof Promise ? `Await ${name} first` : `Set ${name} to ${expectation}, or remove it`,
    });
  }
}

/** Whether a value is an array of strings. */
export const areTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
