import { CantripError } from '@cantrip/errors';

/** What one array of a batch may hold at most: the sizes of tensors are counted in 32 bits. */
const mostNumbers = 2 ** 31 - 1;

/**
 * Refuses batches that no array can hold, before the first of them is made.
 *
 * @param padded - what is filled up, in words
 * @throws CantripError OPTION_INVALID
 */
export function requireRoom(who: string, padded: string, shape: readonly number[]): void {
  const numbers = shape.reduce((product, size) => product * size, 1);
  if (numbers <= mostNumbers) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${padded} to [${shape.join(', ')}] takes ${numbers} numbers, more than an array holds`,
    fix: 'Make batchSize smaller, or take smaller examples',
  });
}
