import * as tf from '@tensorflow/tfjs-core';
import { rotateImages } from './rotate-images.ts';
import { transformImages } from './transform-images.ts';

/**
 * Kernels for images as compositions. TensorFlow's device has none; the stock one of cpu transforms the first image of a
 * batch alone, and that of wasm fills the fourth channel of what a turn leaves free with 255.
 */
export const imageKernels: Readonly<Record<string, tf.KernelFunc>> = {
  [tf.RotateWithOffset]: ({ inputs, attrs }) =>
    tf.tidy(() => rotateImages(inputs['image'] as tf.Tensor4D, attrs as unknown as tf.RotateWithOffsetAttrs)),
  [tf.Transform]: ({ inputs, attrs }) =>
    tf.tidy(() =>
      transformImages(
        inputs['image'] as tf.Tensor4D,
        inputs['transforms'] as tf.Tensor,
        attrs as unknown as tf.TransformAttrs,
      ),
    ),
};
