import { CantripError } from '@cantrip/errors';

/** The error for options that are valid separately but not together. */
export function optionInvalid(who: string, what: string, fix: string): CantripError {
  return new CantripError('OPTION_INVALID', { who, what, fix });
}

/** The error for a schedule that cannot be made shorter. */
export function cannotShrink(who: string, why: string): CantripError {
  const fix = "Apply warmup to its first schedule instead, or set the warm-up's convention to 'before'";
  return optionInvalid(who, `${why}, so another schedule cannot change its length`, fix);
}
