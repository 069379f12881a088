import { type OwnCode, ownCodes } from '@cantrip/errors';

type Code =
  'CHECKPOINT_BUSY' | 'CHECKPOINT_INVALID' | 'CHECKPOINT_NEWER' | 'CHECKPOINT_READ' | 'CHECKPOINT_WRITE';

/** The error codes of this package. */
export const codes: Readonly<Record<Code, OwnCode>> = ownCodes('checkpoint', {
  CHECKPOINT_BUSY: 'Another process or another run writes checkpoints to the same folder.',
  CHECKPOINT_INVALID: 'A checkpoint is incomplete, or was changed after it was written.',
  CHECKPOINT_NEWER: 'A checkpoint was written by a newer release, in a format that this one does not know.',
  CHECKPOINT_READ: 'A checkpoint is not there, or the system did not let it be read.',
  CHECKPOINT_WRITE: 'A checkpoint could not be written or removed. The earlier ones are untouched.',
});
