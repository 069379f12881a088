import { CantripError, describe, type ErrorCode } from '@cantrip/errors';

/** Whose parts they are, and where they stand. */
export interface Whole {
  readonly who: string;
  /** `loss`, or `metrics[0]`; empty where it is the whole of what `who` names. */
  readonly path: string;
  readonly code: ErrorCode;
}

/** Whether a part fits, and what it must be. */
export type PartRule = readonly [fits: boolean, expectation: string];

/**
 * Checks the parts of an object that others may have written; those that are undefined are left out.
 *
 * @throws CantripError of the given code, naming the first part that does not fit
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
      fix: parts[key] instanceof Promise ? `Await ${name} first` : `Correct ${name}, or leave it out`,
    });
  }
}

/** Whether a value is a list of texts. */
export const areTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
