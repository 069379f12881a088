import * as tf from '@tensorflow/tfjs-core';
import { rotateImages } from './rotate-images.ts';
import { transformImages } from './transform-images.ts';

/**
 * Image kernels as compositions.
 *
 * TensorFlow's device has no such kernels. The stock cpu kernel transforms only the first image of a batch. The
 * stock wasm kernel fills the fourth channel of empty pixels with 255.
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
