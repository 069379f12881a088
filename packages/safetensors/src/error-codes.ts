import { ownCodes, type OwnCode } from '@cantrip/errors';

/** The error codes of this package. */
export const codes: Readonly<Record<'SAFETENSORS_INVALID', OwnCode>> = ownCodes('safetensors', {
  SAFETENSORS_INVALID: 'A safetensors file breaks the format, or is larger than the limits that were set.',
});
