import { CantripError } from '@cantrip/errors';

/** Options that are fine one by one but not together. */
export function optionInvalid(who: string, what: string, fix: string): CantripError {
  return new CantripError('OPTION_INVALID', { who, what, fix });
}
