import * as tf from '@tensorflow/tfjs-core';
import { distinct, any, type OpRow, row } from './op-row.ts';

type Pair = number | [number, number];
type Pad = 'valid' | 'same' | number;

/** Windows that overlap, that just meet, that leave gaps, and that hang over the edge; axes of unlike sizes. */
const planes: readonly (readonly [
  shape: number[],
  window: Pair,
  strides: Pair,
  pad: Pad,
  rounding?: 'floor' | 'ceil' | 'round',
])[] = [
  [[2, 6, 9, 2], 2, 3, 'same'],
  [[1, 5, 4, 2], 1, [4, 3], 'same'],
  [[1, 3, 4, 2], 1, 1, 'same'],
  [[2, 5, 7, 3], 2, 2, 'valid'],
  [[2, 5, 7, 3], 2, 2, 'same'],
  [[3, 5, 4, 2], 3, 1, 'same'],
  [[2, 7, 5, 1], 2, 3, 'valid'],
  [[2, 7, 5, 1], 2, 3, 'same'],
  [[1, 6, 9, 2], [3, 2], [1, 3], 'same'],
  [[2, 4, 4, 2], [1, 3], [2, 1], 'valid'],
  [[2, 5, 6, 2], 3, 2, 1, 'floor'],
  [[2, 5, 6, 2], 3, 2, 1, 'ceil'],
  [[2, 2, 3, 2], 3, 1, 'same'],
  [[2, 1, 1, 3], 1, 1, 'valid'],
];

const spaces: readonly (readonly [
  shape: number[],
  window: number | [number, number, number],
  strides: number | [number, number, number],
  pad: Pad,
])[] = [
  [[2, 6, 3, 9, 1], 2, 3, 'same'],
  [[2, 4, 5, 3, 2], 2, 2, 'valid'],
  [[2, 4, 5, 3, 2], 2, 2, 'same'],
  [[1, 3, 5, 4, 2], 3, 1, 'same'],
  [[2, 5, 4, 7, 1], 2, 3, 'same'],
  [[2, 5, 4, 7, 1], 2, 3, 'valid'],
  [[1, 3, 4, 5, 2], [1, 2, 3], [2, 1, 2], 'same'],
];

const named = (...parts: readonly unknown[]): string => parts.map((part) => JSON.stringify(part)).join(' ');

/** tfjs-node refuses a padding in pixels in its own words. */
const unpadded = (pad: Pad): Pick<OpRow, 'absentOn'> =>
  typeof pad === 'number' ? { absentOn: ['tensorflow'] } : {};

export const poolingRows: readonly OpRow[] = [
  ...planes.flatMap(([shape, window, strides, pad, rounding]) => [
    row(
      'AvgPool',
      `avgPool ${named(shape, window, strides, pad, rounding)}`,
      [any(...shape)],
      (x) => tf.avgPool(x as tf.Tensor4D, window, strides, pad, rounding),
      unpadded(pad),
    ),
    row(
      'MaxPool',
      `maxPool ${named(shape, window, strides, pad, rounding)}`,
      [distinct(...shape)],
      (x) => tf.maxPool(x as tf.Tensor4D, window, strides, pad, rounding),
      unpadded(pad),
    ),
  ]),
  ...spaces.flatMap(([shape, window, strides, pad]) => [
    row('AvgPool3D', `avgPool3d ${named(shape, window, strides, pad)}`, [any(...shape)], (x) =>
      tf.avgPool3d(x as tf.Tensor5D, window, strides, pad),
    ),
    row('MaxPool3D', `maxPool3d ${named(shape, window, strides, pad)}`, [distinct(...shape)], (x) =>
      tf.maxPool3d(x as tf.Tensor5D, window, strides, pad),
    ),
  ]),
  row('MaxPool', 'maxPool of negative numbers', [distinct(1, 4, 4, 1)], (x) =>
    tf.maxPool(tf.sub(x, 9) as tf.Tensor4D, 3, 1, 'same'),
  ),
  row('MaxPool3D', 'maxPool3d of negative numbers', [distinct(1, 3, 3, 3, 1)], (x) =>
    tf.maxPool3d(tf.sub(x, 9) as tf.Tensor5D, 2, 1, 'same'),
  ),
  row('AvgPool', 'avgPool of one image', [any(5, 4, 2)], (x) => tf.avgPool(x as tf.Tensor3D, 2, 2, 'same')),
  row('AvgPool', 'pool with dilation', [any(1, 6, 6, 2)], (x) =>
    tf.pool(x as tf.Tensor4D, [2, 2], 'avg', 'same', [2, 2]),
  ),
  row('AvgPoolGrad', "avgPool's gradient, of another weight", [any(2, 5, 4, 1)], (x) =>
    tf.square(tf.avgPool(tf.square(x) as tf.Tensor4D, 3, 2, 'same')),
  ),
  row('AvgPool3DGrad', "avgPool3d's gradient, of another weight", [any(1, 3, 5, 4, 1)], (x) =>
    tf.square(tf.avgPool3d(tf.square(x) as tf.Tensor5D, 3, 2, 'same')),
  ),
  row('MaxPoolGrad', "maxPool's gradient, of another weight", [distinct(2, 5, 4, 1)], (x) =>
    tf.square(tf.maxPool(tf.square(tf.add(x, 9)) as tf.Tensor4D, 3, 2, 'same')),
  ),
  row('MaxPool3DGrad', "maxPool3d's gradient, of another weight", [distinct(1, 3, 5, 4, 1)], (x) =>
    tf.square(tf.maxPool3d(tf.square(tf.add(x, 9)) as tf.Tensor5D, 2, 2, 'same')),
  ),
  ...[true, false].map((batch) =>
    row(
      'MaxPoolWithArgmax',
      `maxPoolWithArgmax${batch ? ', counted over the batch' : ''}`,
      [distinct(2, 5, 4, 2)],
      (x) => {
        const { result, indexes } = tf.maxPoolWithArgmax(x as tf.Tensor4D, [2, 3], 2, 'same', batch);
        return [result!, indexes!];
      },
      { absentOn: ['tensorflow'] },
    ),
  ),
  ...(['max', 'avg'] as const).flatMap((type) =>
    (
      [
        [2, [2, 3], 1, 'same'],
        [[3, 1], 2, 1, 'valid'],
        [2, 1, 3, 'same'],
      ] as const
    ).map(([window, rate, stride, pad]) =>
      row('SpaceToBatchND', `pool ${named(type, window, rate, stride, pad)}`, [distinct(2, 7, 6, 2)], (x) =>
        tf.pool(x as tf.Tensor4D, window as Pair, type, pad, rate as Pair, stride),
      ),
    ),
  ),
];
