import * as tf from '@tensorflow/tfjs-core';
import { any, type OpRow, row } from './op-row.ts';

/** A turn, a shift and a slant, and one with a vanishing point. */
const turns = [0.9, 0.23, -0.37, -0.31, 1.07, 0.61, 0, 0];
const vanishing = [1.13, -0.27, 0.21, 0.17, 0.83, -0.43, 0.031, -0.022];

const modes = ['constant', 'nearest', 'reflect', 'wrap'] as const;

export const transformRows: readonly OpRow[] = [
  ...modes.flatMap((mode) => [
    row('Transform', `image.transform, bilinear, beyond the image ${mode}`, [any(2, 4, 5, 2)], (x) =>
      tf.image.transform(
        x as tf.Tensor4D,
        tf.tensor2d([...turns, ...vanishing], [2, 8]),
        'bilinear',
        mode,
        0.4,
      ),
    ),
    row('Transform', `image.transform, nearest, beyond the image ${mode}`, [any(2, 4, 5, 2)], (x) =>
      tf.image.transform(x as tf.Tensor4D, tf.tensor2d(turns, [1, 8]), 'nearest', mode, 0.4, [3, 7]),
    ),
  ]),
  ...([0, 0.3, [0.1, 0.2, 0.3]] as (number | [number, number, number])[]).map((fill) =>
    row('RotateWithOffset', `image.rotateWithOffset, filled with ${fill}`, [any(2, 4, 5, 3)], (x) =>
      tf.image.rotateWithOffset(x as tf.Tensor4D, 0.7, fill, [0.4, 0.6]),
    ),
  ),
  row('RotateWithOffset', 'image.rotateWithOffset of one channel', [any(1, 3, 3, 1)], (x) =>
    tf.image.rotateWithOffset(x as tf.Tensor4D, -2.1, 0.2),
  ),
];
