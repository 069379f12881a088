import { type OwnCode, ownCodes } from '@cantrip/errors';

/** The errors of this package alone. */
export const codes: Readonly<Record<'TRICK_NAME_NO_SCALAR', OwnCode>> = ownCodes('trick-name', {
  TRICK_NAME_NO_SCALAR: 'The loss is not one number.',
});
