import { type OwnCode, ownCodes } from '@cantrip/errors';

type Code = 'TENSORBOARD_CLOSED' | 'TENSORBOARD_WRITE';

/** The error codes of this package. */
export const codes: Readonly<Record<Code, OwnCode>> = ownCodes('tensorboard', {
  TENSORBOARD_CLOSED: 'A writer of event files is used after it was closed.',
  TENSORBOARD_WRITE: 'Events could not be written to the disk. They are lost; later ones go to a new file.',
});
