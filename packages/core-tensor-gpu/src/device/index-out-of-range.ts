import { CantripError } from '@cantrip/errors';

/**
 * The error of `tf.gather`, and so of an embedding, for an index without a row.
 *
 * @param place - the position of the index among the indices, if the device reports it
 */
export function indexOutOfRange(index: string, size: number, place?: string): CantripError {
  return new CantripError('INDEX_OUT_OF_RANGE', {
    who: 'gather',
    what: `index ${index} ${place ? `at [${place.replaceAll(',', ', ')}] ` : ''}is not in [0, ${size})`,
    fix: `Use integers in [0, ${size}), or a larger tensor (for an embedding: a larger inputDim; for a loss: as many logits as classes)`,
  });
}
