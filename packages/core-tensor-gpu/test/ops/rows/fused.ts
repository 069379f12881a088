import * as tf from '@tensorflow/tfjs-core';
import { any, type OpRow, row } from './op-row.ts';

const activations = ['linear', 'relu', 'sigmoid', 'elu', 'leakyrelu', 'prelu', 'relu6'] as const;
type Activation = (typeof activations)[number];

const slopes = (activation: Activation, channels: number): { preluActivationWeights?: tf.Tensor } =>
  activation === 'prelu' ? { preluActivationWeights: tf.range(1, channels + 1) } : {};

/** Only a fused op without an activation is one kernel where it is differentiated. */
const options = (activation: Activation): Omit<OpRow, 'kernel' | 'title' | 'inputs' | 'compute'> => ({
  tolerance: 3e-3,
  ...(activation !== 'linear' && { onlyOnce: true }),
});

const planes: readonly (readonly [x: number[], filter: number[], strides: number, pad: 'same' | 'valid'])[] =
  [
    [[2, 6, 9, 1], [2, 3, 1, 2], 3, 'same'],
    [[2, 9, 6, 2], [1, 2, 2, 2], 4, 'same'],
    [[1, 5, 4, 3], [3, 2, 3, 2], 2, 'same'],
    [[2, 5, 7, 1], [2, 2, 1, 3], 3, 'valid'],
  ];

const products: readonly (readonly [a: number[], b: number[], turnA: boolean, turnB: boolean])[] = [
  [[3, 2], [2, 4], false, false],
  [[3, 2], [2, 2, 4], false, false],
  [[2, 3, 2], [1, 4, 2], false, true],
  [[2, 2, 3], [2, 4, 2], true, true],
  [[0, 3], [3, 2], false, false],
  [[2, 0], [0, 3], false, false],
];

/** Numbers around 0.4, so that no sum lies at a kink. */
const above = (...shape: number[]): OpRow['inputs'][number] => {
  const { values } = any(...shape);
  return { shape, values: values.map((x) => 0.3 * x + 0.4) };
};

/** Biases that are not one number a channel, and images without a batch axis. */
const biases: readonly (readonly [x: number[], bias: number[]])[] = [
  [[2, 5, 4, 2], []],
  [[2, 5, 4, 2], [1]],
  [
    [2, 5, 4, 2],
    [3, 4],
  ],
  [
    [2, 5, 4, 2],
    [4, 3, 4],
  ],
  [
    [2, 5, 4, 2],
    [4, 1, 1],
  ],
  [
    [2, 5, 4, 2],
    [2, 1, 3, 4],
  ],
  [
    [5, 4, 2],
    [4, 3, 4],
  ],
  [[5, 4, 2], [4]],
];

const addends: readonly (readonly [a: number[], b: number[], bias: number[]])[] = [
  [[3, 2], [2, 4], []],
  [
    [3, 2],
    [2, 4],
    [3, 1],
  ],
  [
    [3, 2],
    [2, 4],
    [3, 4],
  ],
  [
    [2, 3, 2],
    [2, 2, 4],
    [2, 1, 4],
  ],
  [[2, 3, 2], [2, 4], [1]],
];

export const fusedRows: readonly OpRow[] = [
  ...(['linear', 'relu', 'leakyrelu'] as const).flatMap((activation) => [
    ...biases.flatMap(([x, bias]) => [
      row(
        'Conv2D',
        `fused.conv2d, ${activation}, [${x}] with a bias of [${bias}]`,
        [above(...x), above(2, 2, 2, 4), above(...bias)],
        (images, filter, added) =>
          tf.fused.conv2d({
            x: images as tf.Tensor4D,
            filter: filter as tf.Tensor4D,
            strides: 1,
            pad: 'valid',
            bias: added,
            activation,
          }),
        options(activation),
      ),
      row(
        'DepthwiseConv2dNative',
        `fused.depthwiseConv2d, ${activation}, [${x}] with a bias of [${bias}]`,
        [above(...x), above(2, 2, 2, 2), above(...bias)],
        (images, filter, added) =>
          tf.fused.depthwiseConv2d({
            x: images as tf.Tensor4D,
            filter: filter as tf.Tensor4D,
            strides: 1,
            pad: 'valid',
            bias: added,
            activation,
          }),
        options(activation),
      ),
    ]),
    ...addends.map(([a, b, bias]) =>
      row(
        'BatchMatMul',
        `fused.matMul, ${activation}, [${a}] [${b}] with a bias of [${bias}]`,
        [above(...a), above(...b), above(...bias)],
        (x, y, added) => tf.fused.matMul({ a: x, b: y, bias: added, activation }),
        options(activation),
      ),
    ),
  ]),
  ...planes.flatMap(([x, filter, strides, pad], plane) =>
    activations
      .filter((activation, i) => plane === 0 || activation === 'linear' || i === plane)
      .flatMap((activation) => {
        const how = `${activation} [${x}] [${filter}] by ${strides}, ${pad}`;
        return [
          row(
            'Conv2D',
            `fused.conv2d, ${how}`,
            [above(...x), above(...filter), above(filter[3]!)],
            (images, taps, bias) =>
              tf.fused.conv2d({
                x: images as tf.Tensor4D,
                filter: taps as tf.Tensor4D,
                strides,
                pad,
                bias,
                activation,
                leakyreluAlpha: 0.3,
                ...slopes(activation, filter[3]!),
              }),
            options(activation),
          ),
          row(
            'DepthwiseConv2dNative',
            `fused.depthwiseConv2d, ${how}`,
            [above(...x), above(...filter), above(filter[2]! * filter[3]!)],
            (images, taps, bias) =>
              tf.fused.depthwiseConv2d({
                x: images as tf.Tensor4D,
                filter: taps as tf.Tensor4D,
                strides,
                pad,
                bias,
                activation,
                leakyreluAlpha: 0.3,
                ...slopes(activation, filter[2]! * filter[3]!),
              }),
            options(activation),
          ),
        ];
      }),
  ),
  ...products.flatMap(([a, b, turnA, turnB], product) =>
    activations
      .filter((activation, i) => product === 1 || activation === 'linear' || i === product)
      .map((activation) => {
        const columns = turnB ? b.at(-2)! : b.at(-1)!;
        return row(
          'BatchMatMul',
          `fused.matMul, ${activation} [${a}]${turnA ? ' turned' : ''} [${b}]${turnB ? ' turned' : ''}`,
          [above(...a), above(...b), above(columns)],
          (x, y, bias) =>
            tf.fused.matMul({
              a: x,
              b: y,
              transposeA: turnA,
              transposeB: turnB,
              bias,
              activation,
              leakyreluAlpha: 0.3,
              ...slopes(activation, columns),
            }),
          options(activation),
        );
      }),
  ),
  row(
    'BatchMatMul',
    'fused.matMul of one matrix in two shapes',
    [any(2, 3), any(2, 2), any(3, 4)],
    (a, b, both) => [tf.fused.matMul({ a, b: both }), tf.fused.matMul({ a: b, b: tf.reshape(both, [2, 6]) })],
  ),
];
