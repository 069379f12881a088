import * as tf from '@tensorflow/tfjs-core';

/** How the windows of a morphological dilation lie on images `[batch, height, width, channels]`. */
export function dilationInfo(
  x: Pick<tf.TensorInfo, 'shape'>,
  filter: Pick<tf.TensorInfo, 'shape'>,
  { strides, pad, dilations }: tf.Dilation2DAttrs,
): tf.backend_util.Conv2DInfo {
  return tf.backend_util.computeDilation2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number],
    strides as number,
    pad,
    'NHWC',
    dilations as number,
  );
}
