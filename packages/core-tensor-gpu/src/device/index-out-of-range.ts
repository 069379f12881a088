import { CantripError } from '@cantrip/errors';

/**
 * The error of `tf.gather`, and so of an embedding, for an index that its tensor has no row for.
 *
 * @param place - of the index among the indices, where the device tells it
 */
export function indexOutOfRange(index: string, size: number, place?: string): CantripError {
  return new CantripError('INDEX_OUT_OF_RANGE', {
    who: 'gather',
    what: `index ${index} ${place ? `at [${place.replaceAll(',', ', ')}] ` : ''}is not in [0, ${size})`,
    fix: `Give whole numbers from 0 to ${size - 1}, or a larger tensor (an embedding: a larger inputDim)`,
  });
}
