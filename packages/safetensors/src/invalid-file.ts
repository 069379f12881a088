import { CantripError } from '@cantrip/errors';
import { codes } from './error-codes.ts';

/** The error for a file that breaks the format. */
export function invalidFile(what: string, fix = 'Download the file again, or write it again'): CantripError {
  return new CantripError(codes.SAFETENSORS_INVALID, { who: 'readSafetensors', what, fix });
}
