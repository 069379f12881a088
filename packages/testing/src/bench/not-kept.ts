import { CantripError } from '@cantrip/errors';

/** What a rule found: which value is wrong, and what the author should do. Sentences without a full stop. */
export interface Finding {
  readonly what: string;
  readonly fix: string;
}

/** Thrown by a rule. */
export class NotKept extends Error {
  constructor(readonly finding: Finding) {
    super(finding.what);
  }
}

/** Ends a rule that the trick does not keep. */
export function notKept(what: string, fix: string): never {
  throw new NotKept({ what, fix });
}

/** Says which trick does not keep which rule, and where. */
export function namedError(error: unknown, place: { who: string; rule: string; where: string }): unknown {
  const { what, fix } = error instanceof NotKept ? error.finding : ended(error);
  return new CantripError('TRICK_BROKEN', {
    who: place.who,
    what: `does not keep "${place.rule}" ${place.where}: ${what}`,
    fix,
    cause: error,
  });
}

const ended = (error: unknown): Finding => ({
  what: `it ended in ${error instanceof Error ? error.message.replace(/\.$/, '') : String(error)}`,
  fix: 'Read the error in the property cause',
});
