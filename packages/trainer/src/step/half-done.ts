import { CantripError, isCantripError } from '@cantrip/errors';

/** A step that failed after it had begun to change the run, and that could not be undone. */
export interface HalfDone {
  readonly step: number;
  readonly cause: unknown;
}

/**
 * The error for code that needs a run between two steps.
 *
 * @param what - what was called: `save`
 */
export function halfDone(what: string, { step, cause }: HalfDone): CantripError {
  return new CantripError('STEP_HALF_DONE', {
    who: 'trainer',
    what: `${what} was called, but step ${step} failed after it had begun to change the run (${wordsOf(cause)})`,
    fix: 'Restore a snapshot, or create a new trainer',
    cause,
  });
}

/** The log message when it happens. */
export const halfDoneMessage = ({ step }: HalfDone): string =>
  `[trainer] step ${step} failed after it had begun to change the run. Restore a snapshot to continue.`;

function wordsOf(cause: unknown): string {
  if (isCantripError(cause)) return `[${cause.who}] ${cause.what}`;
  return cause instanceof Error ? cause.message : String(cause);
}
