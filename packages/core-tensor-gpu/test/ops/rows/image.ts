import * as tf from '@tensorflow/tfjs-core';
import { any, numbers, type OpRow, row } from './op-row.ts';

const sizes: readonly (readonly [from: number[], to: [number, number]])[] = [
  [
    [2, 3, 4, 2],
    [6, 8],
  ],
  [
    [2, 5, 4, 1],
    [3, 7],
  ],
  [
    [1, 4, 6, 2],
    [2, 3],
  ],
  [
    [3, 2, 2, 1],
    [5, 1],
  ],
  [
    [1, 1, 3, 2],
    [4, 4],
  ],
];

const boxes = numbers([0.1, 0.05, 0.83, 0.72, 0.91, 0.2, 0.13, 0.97, -0.3, 0.11, 0.52, 1.4], 3, 4);

export const imageRows: readonly OpRow[] = [
  ...sizes.flatMap(([from, to]) =>
    (
      [
        [false, false],
        [true, false],
        [false, true],
      ] as const
    ).flatMap(([align, half]) => [
      row(
        'ResizeBilinear',
        `resizeBilinear [${from}] to [${to}]${align ? ', corners aligned' : ''}${half ? ', half pixels' : ''}`,
        [any(...from)],
        (x) => tf.image.resizeBilinear(x as tf.Tensor4D, to, align, half),
      ),
      row(
        'ResizeNearestNeighbor',
        `resizeNearestNeighbor [${from}] to [${to}]${align ? ', corners aligned' : ''}${half ? ', half pixels' : ''}`,
        [any(...from)],
        (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, to, align, half),
      ),
    ]),
  ),
  ...(
    [
      [[3, 4], 'bilinear'],
      [[1, 1], 'bilinear'],
    ] as const
  ).map(([size, method]) =>
    row(
      'CropAndResize',
      `cropAndResize to [${size}], ${method}`,
      [any(2, 5, 4, 2), boxes],
      (image, given) =>
        tf.image.cropAndResize(
          image as tf.Tensor4D,
          given as tf.Tensor2D,
          tf.tensor1d([1, 0, 1], 'int32'),
          [...size],
          method,
          0.3,
        ),
      { tolerance: 3e-3 },
    ),
  ),
  row('CropAndResize', 'cropAndResize to [2,3], nearest', [any(2, 5, 4, 2)], (image) =>
    tf.image.cropAndResize(
      image as tf.Tensor4D,
      tf.tensor(boxes.values, [3, 4]) as tf.Tensor2D,
      tf.tensor1d([1, 0, 1], 'int32'),
      [2, 3],
      'nearest',
      0.3,
    ),
  ),
  row('FlipLeftRight', 'flipLeftRight', [any(2, 3, 4, 1)], (x) => tf.image.flipLeftRight(x as tf.Tensor4D)),
  row('Tile', 'grayscaleToRGB', [any(2, 3, 4, 1)], (x) => tf.image.grayscaleToRGB(x as tf.Tensor4D)),
  row('Einsum', 'rgbToGrayscale', [any(2, 3, 4, 3)], (x) => tf.image.rgbToGrayscale(x as tf.Tensor4D)),
];
