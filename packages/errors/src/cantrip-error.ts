import type { ErrorCode } from './catalogue.ts';
import type { OwnCode } from './own-code.ts';

/** The parts of a {@link CantripError}. */
export interface CantripErrorParts {
  /** The package, plugin or function that reports the error. */
  readonly who: string;
  /** What is wrong, and what was received: one sentence without a full stop. */
  readonly what: string;
  /** What the reader should do: one sentence without a full stop. */
  readonly fix: string;
  readonly cause?: unknown;
}

/**
 * The error class of all Cantrip packages: `[who] what. What to do. (CODE)`.
 *
 * Codes are permanent; `docs/errors.md` lists them. Compare `error.code`, not the text.
 *
 * @example
 * ```ts
 * throw new CantripError('PLUGIN_ORDER', {
 *   who: 'label-smoothing',
 *   what: 'must come after mixup',
 *   fix: 'Move it further down the plugin list',
 * });
 * // CantripError: [label-smoothing] must come after mixup. Move it further down the plugin list. (PLUGIN_ORDER)
 * ```
 */
export class CantripError extends Error {
  override readonly name = 'CantripError';
  // Only declared, because the constructor sets all of them with one assignment.
  declare readonly code: ErrorCode | OwnCode;
  declare readonly who: string;
  declare readonly what: string;
  declare readonly fix: string;

  constructor(code: ErrorCode | OwnCode, { who, what, fix, cause }: CantripErrorParts) {
    super(`[${who}] ${what}. ${fix}. (${code})`, cause === undefined ? undefined : { cause });
    Object.assign(this, { code, who, what, fix });
  }
}

/** Returns whether `error` is a {@link CantripError}, also one of another copy of this package. */
export function isCantripError(error: unknown): error is CantripError {
  return error instanceof Error && error.name === 'CantripError' && 'code' in error;
}
