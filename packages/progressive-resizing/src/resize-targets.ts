import { CantripError } from '@cantrip/errors';
import { mapTensors } from '@cantrip/plugin-kit';
import type { Batch } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';

/** Makes one tensor `[batch, height, width, channels]` smaller. */
export type Resize = (images: tf.Tensor4D) => tf.Tensor4D;

/**
 * Makes targets and weights of every pixel smaller. They are `[batch, height, width]` or `[batch, height, width, channels]`,
 * with the height and width of the images. Weights of whole examples stay as they are.
 *
 * @throws CantripError SHAPE_MISMATCH
 */
export function resizeTargets(
  { inputs, targets, weights }: Batch,
  resize: Resize,
): Pick<Batch, 'targets' | 'weights'> {
  const [, height, width] = (inputs as tf.Tensor4D).shape;
  const resized = (one: tf.Tensor): tf.Tensor => {
    if (one.rank === 4) return resize(one as tf.Tensor4D);
    return tf.squeeze(resize(tf.expandDims(one, 3)), [3]);
  };
  const requireSame = (one: tf.Tensor, what: string): void => {
    const isImage = one.rank === 3 || one.rank === 4;
    if (!isImage || one.shape[1] !== height || one.shape[2] !== width)
      throw otherSize(what, one.shape, [height, width]);
  };
  return {
    targets: mapTensors(targets, (one) => {
      requireSame(one, 'targets');
      return resized(one);
    }),
    weights:
      weights &&
      mapTensors(weights, (one) => {
        if (one.rank < 2) return one;
        requireSame(one, 'weights');
        return resized(one);
      }),
  };
}

function otherSize(what: string, shape: readonly number[], [height, width]: [number, number]): CantripError {
  return new CantripError('SHAPE_MISMATCH', {
    who: 'progressiveResizing',
    what: `with resizeTargets, needs ${what} of the images' ${height} x ${width}, [batch, height, width] or with channels, got shape [${shape.join(', ')}]`,
    fix: `Give ${what} for every pixel, or remove resizeTargets`,
  });
}
