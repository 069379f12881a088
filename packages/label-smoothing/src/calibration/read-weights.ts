import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { Activation } from '../smoothing/option-checks.ts';

const who = 'calibrationMeter';

/**
 * Reads the weights of a batch: one for each example or for each position in it, or for a sigmoid one for each
 * output.
 *
 * @throws CantripError OPTION_INVALID if weights are not a tensor, or a weight is below 0 or not finite;
 *   SHAPE_MISMATCH
 */
export async function readWeights(
  weights: tf.Tensor | undefined,
  outputs: tf.Tensor,
  activation: Activation,
): Promise<ArrayLike<number> | undefined> {
  if (weights === undefined) return undefined;
  if (!(weights instanceof tf.Tensor)) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: 'weights must be a tensor',
      fix: 'Pass tf.tensor1d(weights), with one number for each example',
    });
  }
  const most = activation === 'sigmoid' ? outputs.rank : outputs.rank - 1;
  const begins = weights.shape.every((size, axis) => size === outputs.shape[axis]);
  if (weights.rank < 1 || weights.rank > most || !begins) throw misfit(weights, outputs);
  const values = await weights.data();
  const at = values.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (at === -1) return values;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `weights must be finite numbers of at least 0, got ${values[at]!} at index ${at}`,
    fix: 'Correct the weights. The weight 0 ignores an example',
  });
}

function misfit(weights: tf.Tensor, outputs: tf.Tensor): CantripError {
  return new CantripError('SHAPE_MISMATCH', {
    who,
    what: `weights of shape [${weights.shape.join(', ')}] do not fit outputs of shape [${outputs.shape.join(', ')}]`,
    fix: `Give one weight for each example, of shape [${outputs.shape[0] ?? 1}], or one for each position`,
  });
}
