import { splitPositions } from '@cantrip/data';
import { CantripError, isCantripError } from '@cantrip/errors';
import { codes, who } from '../error-codes.ts';

/** The share of examples to train on; the others are for validation. */
export const trainingShare = 0.8;

/**
 * Divides examples as a project will do it, so that too few of them are refused before a project is written.
 *
 * @param labels - the class of each example, if it has one
 * @throws CantripError CREATE_CANTRIP_DATA
 */
export function requireParts(path: string, count: number, labels?: Iterable<string | number>): void {
  try {
    splitPositions(count, { first: trainingShare, seed: 1, ...(labels && { stratify: labels }) });
  } catch (cause) {
    if (!isCantripError(cause)) throw cause;
    throw new CantripError(codes.CREATE_CANTRIP_DATA, {
      who,
      what: `${path} has too few examples to train on ${trainingShare} of them and validate on the others: ${cause.what}`,
      fix: labels ? 'Add examples, at least five of each class' : 'Add examples',
      cause,
    });
  }
}
