import * as tf from '@tensorflow/tfjs-core';
import { rotateBack } from '../../geometry/rotate-images.ts';
import { transformBack } from '../../geometry/transform-images.ts';
import { absentGradient } from '../tape/absent-gradient.ts';
import { cropAndResizeGradient } from './crop-and-resize.ts';
import type { GradientTable } from '../tape/gradient-table.ts';

type Shape4D = tf.Tensor4D['shape'];

/**
 * - Crops.
 * - An image that is turned from left to right, or by an angle.
 * - Images that are seen through transforms; as in TensorFlow nothing flows back to the transforms.
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
