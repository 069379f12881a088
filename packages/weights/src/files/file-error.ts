import { CantripError } from '@cantrip/errors';
import { codes } from '../error-codes.ts';

/** A file that is absent, cannot be written, or is not what it must be. */
export function fileError(who: string, what: string, fix: string, cause?: unknown): CantripError {
  return new CantripError(codes.WEIGHTS_FILE, { who, what, fix, ...(cause !== undefined && { cause }) });
}

/** The reason that the system gave, without its stack. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
