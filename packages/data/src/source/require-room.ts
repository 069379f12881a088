import { CantripError } from '@cantrip/errors';

/** The maximum size of one array of a batch, because tensor sizes are counted in 32 bits. */
const mostNumbers = 2 ** 31 - 1;

/**
 * Refuses batches that are too large for an array, before the first one is made.
 *
 * @param padded - what is padded, for the error message
 * @throws CantripError OPTION_INVALID
 */
export function requireRoom(who: string, padded: string, shape: readonly number[]): void {
  const numbers = shape.reduce((product, size) => product * size, 1);
  if (numbers <= mostNumbers) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${padded} to [${shape.join(', ')}] needs ${numbers} numbers, but an array holds at most ${mostNumbers}`,
    fix: 'Use a smaller batchSize, or smaller examples',
  });
}
