import { CantripError, ownCodes } from '@cantrip/errors';
import { describe, expect, it } from 'vitest';

describe('ownCodes', () => {
  it('gives codes that an error takes, by the name of the package', () => {
    const codes = ownCodes('gentle-nudge', { GENTLE_NUDGE_TOO_FAR: 'A nudge is larger than the weight.' });
    const error = new CantripError(codes.GENTLE_NUDGE_TOO_FAR, { who: 'a', what: 'b', fix: 'C' });
    expect(error.message).toBe('[a] b. C. (GENTLE_NUDGE_TOO_FAR)');
    expect(error.code).toBe(codes.GENTLE_NUDGE_TOO_FAR);
    // @ts-expect-error -- no such code
    expect(codes.GENTLE_NUDGE_TOO_NEAR).toBeUndefined();
    // @ts-expect-error -- text alone is no code
    expect(new CantripError('GENTLE_NUDGE_TOO_FAR', { who: 'a', what: 'b', fix: 'C' })).toBeInstanceOf(Error);
  });

  it.each([
    ['gentle-nudge', { OTHER_TOO_FAR: 'A sentence.' }, 'a code must be GENTLE_NUDGE_ and capital letters'],
    ['gentle-nudge', { GENTLE_NUDGE_: 'A sentence.' }, 'a code must be GENTLE_NUDGE_ and capital letters'],
    ['gentle-nudge', { GENTLE_NUDGE_far: 'A sentence.' }, 'a code must be GENTLE_NUDGE_ and capital letters'],
    ['gentle-nudge', { GENTLE_NUDGE_FAR: '' }, 'meanings.GENTLE_NUDGE_FAR must be a sentence'],
    ['Gentle', {}, 'name must be the name of a package'],
    ['gentle', null as never, 'meanings must map codes to sentences'],
  ])('refuses %s, %o', (name, meanings, words) => {
    expect(() => ownCodes(name, meanings as Record<string, string>)).toThrow(`[ownCodes] ${words}`);
  });
});
