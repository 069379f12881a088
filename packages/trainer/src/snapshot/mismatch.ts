import { CantripError } from '@cantrip/errors';

/** The error for a snapshot that cannot be restored. */
export const mismatch = (what: string, fix: string, cause?: unknown): CantripError =>
  new CantripError('STATE_MISMATCH', {
    who: 'trainer',
    what: `the snapshot ${what}`,
    fix,
    ...(cause !== undefined && { cause }),
  });
