import * as tf from '@tensorflow/tfjs-core';
import { differentiatedAgain } from '@cantrip/ops';
import { nativeOp, onNativeDevice } from '../../native/ops/native-op.ts';
import type { Gradient, GradientTable } from '../tape/gradient-table.ts';
import { type Resizing, resizeWeights } from './resize-weights.ts';

/**
 * Resizing multiplies each axis by a matrix that depends only on the sizes. The gradient multiplies by the
 * transposed matrix. tfjs-core's gradient ignores `halfPixelCenters`, so it is wrong if that is set.
 */
function ofResizing(method: Resizing['method']): Gradient {
  return {
    inputsToSave: ['images'],
    of: ([dy], [images], { alignCorners, halfPixelCenters }) => ({
      images: () => {
        const options = {
          method,
          alignCorners: alignCorners === true,
          halfPixelCenters: halfPixelCenters === true,
        };
        if (onNativeDevice() && !differentiatedAgain() && images!.dtype === 'float32') {
          return native(dy!, images!, options);
        }
        const [, height, width] = images!.shape as [number, number, number];
        const [, newHeight, newWidth] = dy!.shape as [number, number, number];
        const rows = resizeWeights(height, newHeight, options);
        const columns = resizeWeights(width, newWidth, options);
        return contractAxis(contractAxis(dy!, 1, rows), 2, columns);
      },
    }),
  };
}

function native(dy: tf.Tensor, images: tf.Tensor, options: Resizing): tf.Tensor {
  const attributes = {
    T: { type: 'float32' },
    align_corners: { bool: options.alignCorners },
    half_pixel_centers: { bool: options.halfPixelCenters },
  } as const;
  if (options.method === 'bilinear') return nativeOp('ResizeBilinearGrad', [dy, images], attributes);
  const size = tf.tensor1d(images.shape.slice(1, 3), 'int32');
  return nativeOp('ResizeNearestNeighborGrad', [dy, size], attributes);
}

/** Multiplies an axis of size n by a matrix `[m, n]`. The axis then has size m. */
function contractAxis(x: tf.Tensor, axis: number, matrix: tf.Tensor2D): tf.Tensor {
  const n = x.shape[axis]!;
  const others = [...x.shape.keys()].filter((at) => at !== axis);
  const order = [axis, ...others];
  const rows = tf.reshape(tf.transpose(x, order), [n, x.size / n]) as tf.Tensor2D;
  const product = tf.matMul(matrix, rows);
  const shape = [matrix.shape[0], ...others.map((at) => x.shape[at]!)];
  const back = [...order.keys()].map((at) => order.indexOf(at));
  return tf.transpose(tf.reshape(product, shape), back);
}

export const resizeGradients: GradientTable = {
  [tf.ResizeBilinear]: ofResizing('bilinear'),
  [tf.ResizeNearestNeighbor]: ofResizing('nearest'),
};
