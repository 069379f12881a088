import { CantripError } from '@cantrip/errors';

/** Options that are fine one by one but not together. */
export function optionInvalid(who: string, what: string, fix: string): CantripError {
  return new CantripError('OPTION_INVALID', { who, what, fix });
}

/** The error of a schedule whose length is not its own to change. */
export function cannotShrink(who: string, why: string): CantripError {
  const fix = "Put the warm-up inside it, around its first schedule, or take the convention 'before'";
  return optionInvalid(who, `${why} and cannot be shortened by what is around it`, fix);
}
