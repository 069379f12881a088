import type { CantripError } from '@cantrip/errors';
import { optionInvalid } from './option-invalid.ts';

/** The error of a schedule whose length is not its own to change. */
export function cannotShrink(who: string, why: string): CantripError {
  const fix = "Put the warm-up inside it, around its first schedule, or take the convention 'before'";
  return optionInvalid(who, `${why} and cannot be shortened by what is around it`, fix);
}
