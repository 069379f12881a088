import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DeviceName } from '../../src/index.ts';
import { expectSame, numbers, openBoth, runOn } from './two-devices.ts';

type Pad = 'same' | 'valid' | [[0, 0], [number, number], [number, number], [0, 0]];

const inputShapes: [number, number, number, number][] = [
  [2, 7, 6, 3],
  [1, 9, 9, 1],
  [3, 5, 8, 4],
  [1, 11, 4, 2],
];
const kernels: [number, number][] = [
  [1, 1],
  [3, 3],
  [2, 3],
  [4, 1],
  [5, 2],
];
const strides: [number, number][] = [
  [1, 1],
  [2, 2],
  [3, 3],
  [2, 1],
  [1, 3],
];
const pads: Pad[] = [
  'same',
  'valid',
  [
    [0, 0],
    [1, 2],
    [0, 1],
    [0, 0],
  ],
  [
    [0, 0],
    [3, 0],
    [2, 4],
    [0, 0],
  ],
];

let reference: DeviceName;
beforeAll(async () => {
  reference = await openBoth();
});

interface Case {
  readonly shape: [number, number, number, number];
  readonly kernel: [number, number];
  readonly stride: [number, number];
  readonly pad: Pad;
}

/** Every combination in which the filter fits into the padded input. */
function cases(): Case[] {
  const all = inputShapes.flatMap((shape) =>
    kernels.flatMap((kernel) =>
      strides.flatMap((stride) => pads.map((pad) => ({ shape, kernel, stride, pad }))),
    ),
  );
  return all.filter(({ shape, kernel, pad }) => {
    if (pad === 'same') return true;
    const [rows, columns] = pad === 'valid' ? [0, 0] : [pad[1][0] + pad[1][1], pad[2][0] + pad[2][1]];
    return shape[1] + rows >= kernel[0] && shape[2] + columns >= kernel[1];
  });
}

type Convolution = (
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  stride: [number, number],
  pad: 'same' | 'valid',
) => tf.Tensor4D;

/**
 * The convolution itself on wasm; on the reference another way to the same numbers where that has defects: tfjs-node's
 * kernels have no gradient for explicit padding, and TensorFlow's gradient of a 1 x 1 filter with a stride writes past
 * the end of its memory (2.21, e.g. shape [1, 12, 10, 1], stride 2).
 */
function convolve(by: Convolution, x: tf.Tensor4D, filter: tf.Tensor4D, { stride, pad }: Case): tf.Tensor4D {
  // tfjs-core's types leave out the explicit padding that its kernels take.
  if (tf.getBackend() === 'wasm') return by(x, filter, stride, pad as 'same');
  const image = (typeof pad === 'string' ? x : tf.pad(x, pad)) as tf.Tensor4D;
  const padding = pad === 'same' ? 'same' : 'valid';
  if (filter.shape[0] * filter.shape[1] > 1) return by(image, filter, stride, padding);
  const every = (size: number, step: number): tf.Tensor1D => tf.range(0, size, step, 'int32');
  const rows = tf.gather(image, every(image.shape[1], stride[0]), 1);
  return by(tf.gather(rows, every(image.shape[2], stride[1]), 2), filter, [1, 1], 'valid');
}

function gradientsOf(
  forward: (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor4D,
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
): tf.Tensor[] {
  const weights = numbers(forward(x, filter).shape, 5);
  const loss = (a: tf.Tensor4D, b: tf.Tensor4D): tf.Scalar => tf.sum(tf.mul(forward(a, b), weights));
  return tf.grads(loss as (a: tf.Tensor, b: tf.Tensor) => tf.Scalar)([x, filter]);
}

function conv2dGradients(one: Case, outChannels: number): tf.Tensor[] {
  const filter = numbers([...one.kernel, one.shape[3], outChannels], 2) as tf.Tensor4D;
  return gradientsOf((x, f) => convolve(tf.conv2d, x, f, one), numbers(one.shape, 3) as tf.Tensor4D, filter);
}

describe('the gradients of a convolution on wasm equal the reference', () => {
  for (const kernel of kernels) {
    for (const stride of strides) {
      test(`kernel ${kernel.join(' x ')}, stride ${stride.join(' x ')}, all shapes and paddings`, async () => {
        const group = cases().filter((c) => c.kernel === kernel && c.stride === stride);
        expect(group.length).toBeGreaterThan(8);
        for (const one of group) {
          for (const outChannels of [1, 5])
            await expectSame(reference, () => conv2dGradients(one, outChannels));
        }
      });
    }
  }

  test('at the sizes of a ResNet', async () => {
    const sizes: [number, number, number, number][] = [
      [28, 16, 16, 1],
      [28, 16, 32, 2],
      [14, 32, 64, 2],
    ];
    for (const [size, inChannels, outChannels, stride] of sizes) {
      for (const side of [1, 3]) {
        const one: Case = {
          shape: [8, size, size, inChannels],
          kernel: [side, side],
          stride: [stride, stride],
          pad: 'same',
        };
        await expectSame(reference, () => conv2dGradients(one, outChannels));
      }
    }
  });

  test('of a batch without images, where the gradient of the filter is zero', async () => {
    const [dx, dfilter] = await runOn('wasm', () => [
      tf.conv2dTranspose(
        tf.zeros([0, 3, 3, 2]) as tf.Tensor4D,
        numbers([3, 3, 4, 2]) as tf.Tensor4D,
        [0, 3, 3, 4],
        1,
        'same',
      ),
      filterGradient(tf.zeros([0, 3, 3, 4]) as tf.Tensor4D, tf.zeros([0, 3, 3, 2]) as tf.Tensor4D),
    ]);
    expect(dx!.shape).toEqual([0, 3, 3, 4]);
    expect([...dfilter!.values]).toEqual(new Array(72).fill(0));
  });

  test('of a transposed convolution, whose forward pass is the gradient of an input', async () => {
    await expectSame(reference, () => {
      const filter = numbers([3, 2, 4, 3], 2) as tf.Tensor4D;
      return gradientsOf(
        (x, f) => tf.conv2dTranspose(x, f, [2, 9, 8, 4], [2, 2], 'same'),
        numbers([2, 5, 4, 3]) as tf.Tensor4D,
        filter,
      );
    });
  });
});

function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D): tf.Tensor {
  const attrs = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 4, 2] };
  return tf.engine().runKernel(tf.Conv2DBackpropFilter, { x, dy }, attrs as never) as tf.Tensor;
}

describe('the gradients of a depthwise convolution on wasm equal the reference', () => {
  for (const kernel of kernels) {
    for (const stride of strides.filter(([rows, columns]) => rows === columns)) {
      for (const multiplier of [1, 3]) {
        test(`kernel ${kernel.join(' x ')}, stride ${stride[0]}, multiplier ${multiplier}`, async () => {
          const group = cases().filter((c) => c.kernel === kernel && c.stride === stride);
          for (const one of group) {
            await expectSame(reference, () => {
              const filter = numbers([...kernel, one.shape[3], multiplier], 2) as tf.Tensor4D;
              return gradientsOf(
                (x, f) => convolve(tf.depthwiseConv2d, x, f, one),
                numbers(one.shape, 3) as tf.Tensor4D,
                filter,
              );
            });
          }
        });
      }
    }
  }
});

describe('the gradients of a dilated depthwise convolution on wasm', () => {
  for (const multiplier of [1, 2]) {
    for (const pad of ['same', 'valid'] as const) {
      test(`equal those of a filter with zeros between its taps: multiplier ${multiplier}, ${pad}`, async () => {
        const x = (): tf.Tensor4D => numbers([2, 11, 9, 3]) as tf.Tensor4D;
        const filter = (): tf.Tensor4D => numbers([3, 2, 3, multiplier], 2) as tf.Tensor4D;
        const shape = await runOn('wasm', () => [tf.depthwiseConv2d(x(), filter(), 1, pad, 'NHWC', [2, 3])]);
        const dy = (): tf.Tensor => numbers([...shape[0]!.shape], 5);
        await expectSame(reference, () =>
          tf.getBackend() === 'wasm'
            ? dilatedGradients(x(), filter(), dy(), pad)
            : gradientsOf((a, f) => tf.depthwiseConv2d(a, inflate(f, 2, 3), 1, pad), x(), filter()),
        );
      });
    }
  }
});

/** tfjs-core refuses the gradient of a dilated convolution, but its kernels are asked for it by other programs. */
function dilatedGradients(x: tf.Tensor4D, filter: tf.Tensor4D, dy: tf.Tensor, pad: string): tf.Tensor[] {
  const attrs = {
    strides: [1, 1],
    pad,
    dilations: [2, 3],
    inputShape: x.shape,
    filterShape: filter.shape,
  } as never;
  return [
    tf.engine().runKernel(tf.DepthwiseConv2dNativeBackpropInput, { dy, filter }, attrs) as tf.Tensor,
    tf.engine().runKernel(tf.DepthwiseConv2dNativeBackpropFilter, { x, dy }, attrs) as tf.Tensor,
  ];
}

function inflate(filter: tf.Tensor4D, rows: number, columns: number): tf.Tensor4D {
  const [height, width, channels, multiplier] = filter.shape;
  const apart = tf.reshape(filter, [height, 1, width, 1, channels * multiplier]);
  const zeros = tf.pad(apart, [
    [0, 0],
    [0, rows - 1],
    [0, 0],
    [0, columns - 1],
    [0, 0],
  ]);
  const all = tf.reshape(zeros, [height * rows, width * columns, channels, multiplier]) as tf.Tensor4D;
  return tf.slice(
    all,
    [0, 0, 0, 0],
    [(height - 1) * rows + 1, (width - 1) * columns + 1, channels, multiplier],
  );
}

test('a model that is not channels-last is refused in one sentence', async () => {
  await tf.setBackend('wasm');
  const attrs = { strides: [1, 1], pad: 'same', dataFormat: 'NCHW', inputShape: [1, 2, 3, 3] };
  const [dy, filter] = [tf.zeros([1, 2, 3, 3]), tf.zeros([3, 3, 2, 2])];
  expect(() => tf.engine().runKernel(tf.Conv2DBackpropInput, { dy, filter }, attrs as never)).toThrow(
    '[wasm Conv2DBackpropInput] has no channels-first form, got dataFormat "NCHW". ' +
      'Build the model with dataFormat "NHWC" (channelsLast), as its forward convolution needs too. (OPTION_INVALID)',
  );
});
