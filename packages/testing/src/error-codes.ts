import { ownCodes, type OwnCode } from '@cantrip/errors';

/** The error codes of this package. */
export const codes: Readonly<Record<'TESTING_DIFFERENT', OwnCode>> = ownCodes('testing', {
  TESTING_DIFFERENT: 'A test compared two values that must be the same, and are not.',
});
