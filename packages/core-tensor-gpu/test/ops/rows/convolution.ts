import * as tf from '@tensorflow/tfjs-core';
import { any, distinct, type OpRow, row } from './op-row.ts';

type Pair = number | [number, number];
type Pad = 'valid' | 'same' | number;

/** Odd sizes, strides larger than the filter, filters larger than the image, one place, and dilation. */
const planes: readonly (readonly [
  x: number[],
  filter: number[],
  strides: Pair,
  pad: Pad,
  dilations?: Pair,
])[] = [
  [[1, 6, 3, 3], [2, 1, 3, 3], [5, 2], 'same'],
  [[2, 6, 9, 1], [2, 3, 1, 2], 3, 'same'],
  [[2, 9, 6, 2], [1, 2, 2, 2], 3, 'same'],
  [[2, 5, 4, 3], [3, 3, 3, 2], 1, 'same'],
  [[2, 5, 4, 3], [3, 2, 3, 2], 2, 'same'],
  [[3, 5, 7, 1], [2, 2, 1, 3], 3, 'valid'],
  [[2, 7, 5, 2], [2, 2, 2, 2], 3, 'same'],
  [[2, 3, 3, 2], [5, 5, 2, 1], 1, 'same'],
  [[2, 4, 5, 3], [1, 1, 3, 4], 1, 'valid'],
  [[2, 5, 5, 2], [1, 1, 2, 3], 2, 'same'],
  [[2, 5, 6, 2], [3, 3, 2, 2], 2, 1],
  [[2, 7, 6, 2], [3, 3, 2, 2], 1, 'same', 2],
  [[2, 7, 8, 2], [2, 3, 2, 2], 1, 'valid', [3, 2]],
  [[1, 6, 6, 1], [2, 2, 1, 2], 1, 2, 2],
];

const named = (...parts: readonly unknown[]): string => parts.map((part) => JSON.stringify(part)).join(' ');
const tolerance = 2e-3;

/** tfjs-node refuses a padding in pixels in its own words. */
const unpadded = (pad: Pad): Pick<OpRow, 'absentOn'> =>
  typeof pad === 'number' ? { absentOn: ['tensorflow'] } : {};

export const convolutionRows: readonly OpRow[] = [
  ...planes.flatMap(([x, filter, strides, pad, dilations]) => [
    row(
      'Conv2D',
      `conv2d ${named(x, filter, strides, pad, dilations)}`,
      [any(...x), any(...filter)],
      (a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad, 'NHWC', dilations),
      { tolerance, ...unpadded(pad) },
    ),
    row(
      'DepthwiseConv2dNative',
      `depthwiseConv2d ${named(x, filter, strides, pad, dilations)}`,
      [any(...x), any(...filter)],
      (a, b) =>
        tf.depthwiseConv2d(
          a as tf.Tensor4D,
          b as tf.Tensor4D,
          Array.isArray(strides) ? 2 : strides,
          pad,
          'NHWC',
          dilations,
        ),
      { tolerance, ...unpadded(pad) },
    ),
  ]),
  row(
    'Conv2D',
    'conv1d, causal and dilated',
    [any(2, 7, 2), any(3, 2, 3)],
    (a, b) =>
      tf.conv1d(
        tf.pad(a, [
          [0, 0],
          [4, 0],
          [0, 0],
        ]) as tf.Tensor3D,
        b as tf.Tensor3D,
        1,
        'valid',
        'NWC',
        2,
      ),
    { tolerance },
  ),
  row(
    'Conv2D',
    'separableConv2d',
    [any(2, 5, 4, 2), any(3, 3, 2, 2), any(1, 1, 4, 3)],
    (a, b, c) => tf.separableConv2d(a as tf.Tensor4D, b as tf.Tensor4D, c as tf.Tensor4D, 2, 'same'),
    { tolerance },
  ),
  row(
    'Conv2D',
    'fused.conv2d with a bias and relu',
    [distinct(1, 4, 4, 1), any(2, 2, 1, 2), any(2)],
    (x, filter, bias) =>
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        bias,
        activation: 'sigmoid',
      }),
    { tolerance, onlyOnce: true },
  ),
  row(
    'DepthwiseConv2dNative',
    'fused.depthwiseConv2d with a bias',
    [any(2, 4, 5, 2), any(3, 3, 2, 2), any(4)],
    (x, filter, bias) =>
      tf.fused.depthwiseConv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        bias,
        activation: 'sigmoid',
      }),
    { tolerance, onlyOnce: true },
  ),
  ...(
    [
      [1, 'same'],
      [2, 'same'],
      [2, 'valid'],
      [3, 'same'],
    ] as const
  ).map(([strides, pad]) =>
    row(
      'Conv2DBackpropInput',
      `conv2dTranspose by ${strides}, ${pad}`,
      [any(2, 3, 2, 2), any(2, 3, 1, 2)],
      (x, filter) => {
        const size = (n: number, window: number): number =>
          pad === 'same' ? n * strides : (n - 1) * strides + window;
        return tf.conv2dTranspose(
          x as tf.Tensor4D,
          filter as tf.Tensor4D,
          [2, size(3, 2), size(2, 3), 1],
          strides,
          pad,
        );
      },
      { tolerance },
    ),
  ),
  ...(
    [
      [[1, 6, 3, 5, 2], [2, 2, 2, 2, 1], 3, 'same'],
      [[2, 4, 5, 3, 2], [2, 2, 2, 2, 2], 1, 'same'],
      [[2, 4, 5, 3, 1], [3, 2, 2, 1, 2], 2, 'same'],
      [[1, 5, 4, 5, 2], [2, 2, 2, 2, 1], 3, 'valid'],
      [[1, 5, 5, 5, 1], [2, 2, 2, 1, 2], 1, 'valid', 2],
    ] as [number[], number[], number, 'same' | 'valid', number?][]
  ).map(([x, filter, strides, pad, dilations]) =>
    row(
      'Conv3D',
      `conv3d ${named(x, filter, strides, pad, dilations)}`,
      [any(...x), any(...filter)],
      (a, b) =>
        tf.conv3d(
          a as tf.Tensor5D,
          b as tf.Tensor5D,
          strides,
          pad,
          'NDHWC',
          dilations === undefined ? undefined : [dilations, dilations, dilations],
        ),
      { tolerance, ...(dilations !== undefined && { absentOn: ['tensorflow'] as const }) },
    ),
  ),
  ...(
    [
      [1, 'same'],
      [2, 'same'],
      [2, 'valid'],
    ] as const
  ).map(([strides, pad]) =>
    row(
      'Conv3DBackpropInputV2',
      `conv3dTranspose by ${strides}, ${pad}`,
      [any(2, 2, 3, 2, 2), any(2, 2, 2, 1, 2)],
      (x, filter) => {
        const size = (n: number): number => (pad === 'same' ? n * strides : (n - 1) * strides + 2);
        return tf.conv3dTranspose(
          x as tf.Tensor5D,
          filter as tf.Tensor5D,
          [2, size(2), size(3), size(2), 1],
          strides,
          pad,
        );
      },
      { tolerance },
    ),
  ),
  ...(
    [
      [1, 'same', 1],
      [2, 'valid', 1],
      [3, 'same', 1],
      [1, 'same', 2],
    ] as const
  ).map(([strides, pad, rate]) =>
    row(
      'Dilation2D',
      `dilation2d by ${strides}, ${pad}, rate ${rate}`,
      [distinct(2, 5, 6, 2), any(2, 3, 2)],
      (x, filter) => tf.dilation2d(x as tf.Tensor4D, tf.mul(filter, 0.03) as tf.Tensor3D, strides, pad, rate),
      { tolerance: 1e-2 },
    ),
  ),
  ...(
    [
      'Conv2DBackpropFilter',
      'DepthwiseConv2dNativeBackpropFilter',
      'DepthwiseConv2dNativeBackpropInput',
      'Conv3DBackpropFilterV2',
    ] as const
  ).map((kernel) =>
    row(
      kernel,
      `${kernel}, of a cube`,
      [any(1, 4, 3, 2), any(2, 2, 2, 2)],
      (x, filter) => {
        const squares = [tf.square(x), tf.square(filter)] as [tf.Tensor4D, tf.Tensor4D];
        if (kernel.startsWith('Depthwise')) return tf.square(tf.depthwiseConv2d(...squares, 1, 'same'));
        if (kernel === 'Conv2DBackpropFilter') return tf.square(tf.conv2d(...squares, 1, 'same'));
        return tf.square(
          tf.conv3d(
            tf.expandDims(squares[0], 1) as tf.Tensor5D,
            tf.expandDims(squares[1], 0) as tf.Tensor5D,
            1,
            'same',
          ),
        );
      },
      { tolerance: 5e-3 },
    ),
  ),
  row(
    'FusedBatchNorm',
    'batchNorm with all its inputs',
    [any(2, 3, 2, 3), any(3), distinct(3), any(3), any(3)],
    (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        x,
        mean as tf.Tensor1D,
        tf.add(tf.square(variance), 0.5) as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
      ),
  ),
  row('FusedBatchNorm', 'batchNorm without scale and offset', [any(4, 3), any(3)], (x, mean) =>
    tf.batchNorm(x, mean as tf.Tensor1D, tf.tensor1d([0.5, 1, 2])),
  ),
  row('LRN', 'localResponseNormalization', [any(2, 3, 2, 5)], (x) =>
    tf.localResponseNormalization(x as tf.Tensor4D, 2, 1, 0.5, 0.75),
  ),
  row('LRN', 'localResponseNormalization wider than the channels', [any(1, 2, 2, 3)], (x) =>
    tf.localResponseNormalization(x as tf.Tensor4D, 5, 0.7, 1.5, 0.5),
  ),
  row(
    'Dilation2DBackpropFilter',
    "dilation2d's gradients, of another weight",
    [distinct(1, 4, 5, 1), any(2, 2, 1)],
    (x, filter) => tf.square(tf.dilation2d(x as tf.Tensor4D, tf.mul(filter, 0.03) as tf.Tensor3D, 1, 'same')),
    { tolerance: 1e-2 },
  ),
  row('Dilation2DBackpropInput', 'a dilation of one tap', [distinct(1, 3, 3, 2), any(1, 1, 2)], (x, filter) =>
    tf.square(tf.dilation2d(x as tf.Tensor4D, filter as tf.Tensor3D, 2, 'same')),
  ),
  row('EluGrad', 'elu of a square', [distinct(2, 3)], (x) => tf.square(tf.elu(x))),
];
