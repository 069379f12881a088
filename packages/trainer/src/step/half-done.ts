import { CantripError, isCantripError } from '@cantrip/errors';

/** A step that failed when it had begun to change the run, and could not be taken back. */
export interface HalfDone {
  readonly step: number;
  readonly cause: unknown;
}

/**
 * The error of whoever asks for a run that stands between two steps.
 *
 * @param what - that was asked for: `save`
 */
export function halfDone(what: string, { step, cause }: HalfDone): CantripError {
  return new CantripError('STEP_HALF_DONE', {
    who: 'trainer',
    what: `${what} was called, but step ${step} failed when it had begun to change the run (${wordsOf(cause)})`,
    fix: 'Restore a snapshot, or create a new trainer',
    cause,
  });
}

/** What is said when it happens. */
export const halfDoneMessage = ({ step }: HalfDone): string =>
  `[trainer] step ${step} failed when it had begun to change the run: it takes a restored snapshot to go on.`;

function wordsOf(cause: unknown): string {
  if (isCantripError(cause)) return `[${cause.who}] ${cause.what}`;
  return cause instanceof Error ? cause.message : String(cause);
}
