import * as tf from '@tensorflow/tfjs-core';
import { rotateBack } from '../../geometry/rotate-images.ts';
import { transformBack } from '../../geometry/transform-images.ts';
import { absentGradient } from '../tape/absent-gradient.ts';
import { cropAndResizeGradient } from './crop-and-resize.ts';
import type { GradientTable } from '../tape/gradient-table.ts';

type Shape4D = tf.Tensor4D['shape'];

/**
 * The gradients of crops, flips, rotations and projective transforms of images. As in TensorFlow, the transforms
 * themselves have no gradient.
 */
export const imageGradients: GradientTable = {
  [tf.CropAndResize]: cropAndResizeGradient,
  [tf.FlipLeftRight]: {
    of: ([dy]) => ({ image: () => tf.reverse(dy!, 2) }),
  },
  [tf.RotateWithOffset]: {
    inputsToSave: ['image'],
    of: ([dy], [image], attributes) => ({
      image: () =>
        rotateBack(dy!, image!.shape as Shape4D, attributes as unknown as tf.RotateWithOffsetAttrs),
    }),
  },
  [tf.Transform]: {
    inputsToSave: ['image', 'transforms'],
    of: ([dy], [image, transforms], attributes) => ({
      image: () =>
        transformBack(dy!, image!.shape as Shape4D, transforms!, attributes as unknown as tf.TransformAttrs),
      transforms: () => {
        throw absentGradient('Transform of transforms');
      },
    }),
  },
};
