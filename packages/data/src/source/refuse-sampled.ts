import { CantripError } from '@cantrip/errors';
import type { Source } from './source.ts';

/**
 * Refuses a dataset whose examples are drawn at random, because it has other examples in each epoch.
 *
 * @throws CantripError OPTION_INVALID
 */
export function refuseSampled(who: string, { sampling }: Source): void {
  if (!sampling) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: 'the dataset is one of weightedSample, which has other examples in each epoch',
    fix: `Call ${who} first, and weightedSample on the part that you train on`,
  });
}
