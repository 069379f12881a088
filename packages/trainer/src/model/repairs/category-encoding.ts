import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { CantripError } from '@cantrip/errors';
import type { LayerCall } from '../layers/interpose-call.ts';
import { inputOf } from './input-of.ts';

interface CategoryEncoding extends layers.Layer {
  readonly numTokens: number;
  readonly outputMode: 'int' | 'oneHot' | 'multiHot' | 'count' | 'tfIdf';
}

/**
 * A category encoding that can be recorded. The one of tfjs-layers reads the smallest and largest number to check
 * them. Here `tf.gather` checks them, and reports on every device what is out of range.
 */
export function categoryEncoding(layer: layers.Layer, next: LayerCall): LayerCall {
  const { numTokens, outputMode } = layer as CategoryEncoding;
  if (outputMode === 'tfIdf') return next;
  return (inputs, kwargs) => {
    const weights = kwargs['countWeights'] as tf.Tensor | undefined;
    if (weights !== undefined && outputMode !== 'count') return next(inputs, kwargs);
    const encode = tf.customGrad((given) => ({
      value: encoded(given as tf.Tensor, { numTokens, outputMode, weights }),
      gradFunc: () => {
        throw new CantripError('LAYER_NO_GRADIENT', {
          who: 'trainer',
          what: `layer ${layer.name} encodes the output of a trainable layer, but categories have no gradient`,
          fix: 'Encode an input of the model, or freeze the layers before this one',
        });
      },
    }));
    return encode(inputOf(inputs));
  };
}

function encoded(
  given: tf.Tensor,
  {
    numTokens,
    outputMode,
    weights,
  }: Pick<CategoryEncoding, 'numTokens' | 'outputMode'> & { weights: tf.Tensor | undefined },
): tf.Tensor {
  const tokens = tf.cast(given, 'int32');
  const checked = tf.gather(tf.range(0, numTokens, 1, 'int32'), tokens);
  if (outputMode === 'int') return checked;
  const hot = (indices: tf.Tensor): tf.Tensor => tf.cast(tf.oneHot(indices, numTokens), 'float32');
  if (outputMode === 'oneHot') return hot(checked.shape.at(-1) === 1 ? tf.squeeze(checked, [-1]) : checked);
  const each = hot(checked);
  if (outputMode === 'multiHot') return tf.max(each, -2);
  return tf.sum(weights ? tf.mul(each, tf.expandDims(weights, -1)) : each, -2);
}
