import * as tf from '@tensorflow/tfjs-core';
import type { Gradient, GradientTable } from '../tape/gradient-table.ts';
import { dilationInfo } from '../../geometry/dilation-info.ts';
import { largestTap, lowest, type WindowAxis, windowsOf } from '../../geometry/windows.ts';

/**
 * The second derivative of dilation with respect to the image or the filter. The first gradient writes values to the
 * maxima; this one reads them there.
 */
function again(wanted: 'x' | 'filter'): Gradient {
  return {
    inputsToSave: ['x', 'filter', 'dy'],
    of: ([flowing], [x, filter, dy], attributes) => ({
      dy: () => {
        const axes = axesOf(x!, filter!, attributes as unknown as tf.Dilation2DAttrs);
        const byTap = (taps: tf.Tensor): tf.Tensor => tf.reshape(taps, [-1, 1, x!.shape[3]!]);
        const largest = largestTap(tf.add(windowsOf(x!, axes, lowest), byTap(filter!)));
        const picked = wanted === 'x' ? windowsOf(flowing!, axes, 0) : byTap(flowing!);
        return tf.reshape(tf.sum(tf.mul(largest, picked), 0), dy!.shape);
      },
      x: () => tf.zerosLike(x!),
      filter: () => tf.zerosLike(filter!),
    }),
  };
}

function axesOf(x: tf.Tensor, filter: tf.Tensor, attributes: tf.Dilation2DAttrs): WindowAxis[] {
  const info = dilationInfo(x, filter, attributes);
  const { padInfo } = info;
  return [
    {
      size: info.inHeight,
      windows: info.outHeight,
      window: info.filterHeight,
      stride: info.strideHeight,
      before: Math.max(0, padInfo.top),
      rate: info.dilationHeight,
    },
    {
      size: info.inWidth,
      windows: info.outWidth,
      window: info.filterWidth,
      stride: info.strideWidth,
      before: Math.max(0, padInfo.left),
      rate: info.dilationWidth,
    },
  ];
}

/** Second derivatives of morphological dilation. */
export const dilationGradients: GradientTable = {
  [tf.Dilation2DBackpropInput]: again('x'),
  [tf.Dilation2DBackpropFilter]: again('filter'),
};
