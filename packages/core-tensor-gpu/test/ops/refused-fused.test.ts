import * as tf from '@tensorflow/tfjs-core';
import { captureStep, openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';

type Activation = 'linear' | 'relu' | 'prelu' | 'leakyrelu';
type Call = (inputs: Readonly<Record<string, tf.Tensor>>) => tf.Tensor;

interface Refusal {
  readonly title: string;
  readonly x: readonly number[];
  readonly filter: readonly number[];
  readonly bias: readonly number[];
  readonly call: Call;
}

const ones = (shape: readonly number[]): tf.Tensor => tf.ones([...shape]);

const product = (
  x: number[],
  filter: number[],
  bias: number[],
  activation: Activation = 'linear',
  slopes?: number[],
): Refusal => ({
  title: `fused.matMul, ${activation}, [${x}] [${filter}], a bias of [${bias}]${slopes ? `, slopes of [${slopes}]` : ''}`,
  x,
  filter,
  bias,
  call: (given) =>
    tf.fused.matMul({
      a: given['x']!,
      b: given['filter']!,
      bias: given['bias']!,
      activation,
      ...(slopes && { preluActivationWeights: ones(slopes) }),
    }),
});

const convolution = (
  op: 'conv2d' | 'depthwiseConv2d',
  x: number[],
  bias: number[],
  activation: Activation = 'linear',
  slopes?: number[],
): Refusal => ({
  title: `fused.${op}, ${activation}, [${x}], a bias of [${bias}]${slopes ? `, slopes of [${slopes}]` : ''}`,
  x,
  filter: [2, 2, 3, op === 'conv2d' ? 6 : 2],
  bias,
  call: (given) =>
    tf.fused[op]({
      x: given['x'] as tf.Tensor4D,
      filter: given['filter'] as tf.Tensor4D,
      strides: 1,
      pad: 'valid',
      bias: given['bias']!,
      activation,
      ...(slopes && { preluActivationWeights: ones(slopes) }),
    }),
});

const enlarging: readonly Refusal[] = [
  product([2, 3], [3, 4], [5, 2, 4]),
  product([2, 3], [3, 4], [5, 1, 4]),
  product([1, 3], [3, 4], [2, 4]),
  product([1, 3], [3, 1], [4]),
  product([2, 5, 2, 3], [2, 5, 3, 4], [5, 1, 4]),
  product([2, 5, 2, 3], [2, 5, 3, 4], [2, 5, 2, 4]),
  product([2, 5, 2, 3], [2, 5, 3, 4], [2, 1, 2, 4]),
  product([2, 3], [3, 4], [4], 'prelu', [5, 2, 4]),
  product([2, 3], [3, 4], [4], 'prelu', [3]),
  ...(['conv2d', 'depthwiseConv2d'] as const).flatMap((op) => [
    convolution(op, [1, 4, 4, 3], [3, 3, 3, 6]),
    convolution(op, [2, 4, 4, 3], [1, 1, 1, 1, 6]),
    convolution(op, [2, 4, 4, 3], [3, 2, 3, 3, 6]),
    convolution(op, [4, 4, 3], [3, 3, 3, 6]),
  ]),
  convolution('depthwiseConv2d', [2, 4, 4, 3], [6], 'prelu', [5]),
  convolution('depthwiseConv2d', [1, 4, 4, 3], [6], 'prelu', [3, 3, 3, 6]),
];

/** Where an activation is differentiated, tfjs-core calls the single ops. */
const enlargingOnceDifferentiated: readonly Refusal[] = [
  product([2, 3], [3, 4], [5, 2, 4], 'relu'),
  product([2, 3], [3, 4], [1, 2, 4], 'relu'),
  product([2, 3], [3, 4], [3], 'relu'),
  product([2, 3], [3, 4], [4], 'prelu', [1, 2, 4]),
  product([2, 3], [3, 4], [4], 'prelu', [3]),
  convolution('conv2d', [4, 4, 3], [1, 3, 3, 6], 'relu'),
  convolution('conv2d', [2, 4, 4, 3], [5], 'leakyrelu'),
  convolution('depthwiseConv2d', [1, 4, 4, 3], [2, 3, 3, 6], 'relu'),
];

const sentence =
  /^\[fused\.\w+\] got (a bias|preluActivationWeights) of shape \[[\d, ]+\], which does not fit the result of shape \[[\d, ]+\]\. Reshape it .+\. \(SHAPE_MISMATCH\)$/;

const inputsOf = ({ x, filter, bias }: Refusal): Record<string, tf.Tensor> => ({
  x: ones(x),
  filter: ones(filter),
  bias: ones(bias),
});

const gradientsOf = (call: Call, inputs: Readonly<Record<string, tf.Tensor>>): tf.Tensor[] =>
  tf.grads((x, filter, bias) => tf.sum(call({ x: x!, filter: filter!, bias: bias! })))(Object.values(inputs));

const devices = await presentDevices(['tensorflow', 'wasm', 'cpu']);

describe.each(devices)('on %s', (device) => {
  beforeAll(() => openDevice(device));

  it.each(enlarging)('$title is refused in one sentence', (refusal) => {
    const inputs = inputsOf(refusal);
    expect(() => refusal.call(inputs)).toThrow(sentence);
    expect(() => gradientsOf(refusal.call, inputs)).toThrow(sentence);
  });

  it.each(enlargingOnceDifferentiated)('$title is refused where it is differentiated', (refusal) => {
    expect(() => gradientsOf(refusal.call, inputsOf(refusal))).toThrow(sentence);
  });

  it('an activation without a name or without slopes is refused', () => {
    const [a, b] = [ones([2, 3]), ones([3, 4])];
    const [x, filter] = [ones([1, 4, 4, 3]) as tf.Tensor4D, ones([2, 2, 3, 1]) as tf.Tensor4D];
    for (const activation of ['nonsense' as 'relu', 'prelu' as const]) {
      const refused = /^\[fused\.\w+\] has (no|the) activation .+\. .+\. \(OPTION_INVALID\)$/;
      expect(() => tf.fused.matMul({ a, b, activation })).toThrow(refused);
      expect(() => tf.fused.conv2d({ x, filter, strides: 1, pad: 0, activation })).toThrow(refused);
      expect(() => tf.fused.depthwiseConv2d({ x, filter, strides: 1, pad: 0, activation })).toThrow(refused);
    }
  });

  it('a vector in the place of a matrix is refused', () => {
    expect(() => tf.fused.matMul({ a: ones([3]), b: ones([3, 4]) })).toThrow(
      '[fused.matMul] multiplies matrices, got a tensor of float32, [3]. Add an axis with tf.expandDims. (SHAPE_MISMATCH)',
    );
  });

  it('a bias of one axis more, of size 1, gives the product its bias', () => {
    const bias = tf.tensor3d([[[1, 2, 3, 4]]]);
    const sum = tf.fused.matMul({ a: ones([2, 3]), b: ones([3, 4]), bias });
    expect(sum.shape).toEqual([2, 4]);
    expect([...sum.dataSync()]).toEqual([4, 5, 6, 7, 4, 5, 6, 7]);
  });
});

it.skipIf(!devices.includes('cpu') || devices.length < 2)(
  'channels first are refused, except on cpu',
  async () => {
    for (const device of devices.filter((name) => name !== 'cpu')) {
      await openDevice(device);
      const [x, filter] = [ones([1, 3, 4, 4]) as tf.Tensor4D, ones([2, 2, 3, 6]) as tf.Tensor4D];
      expect(() => tf.fused.conv2d({ x, filter, strides: 1, pad: 'valid', dataFormat: 'NCHW' })).toThrow(
        /^\[fused\.conv2d\] has no dataFormat 'NCHW' on this device.+\(OPTION_INVALID\)$/,
      );
    }
  },
);

describe.skipIf(!devices.includes('tensorflow'))('captured', () => {
  beforeAll(() => openDevice('tensorflow'));

  it.each([
    ...enlarging.map((refusal) => ({ ...refusal, back: false })),
    ...enlargingOnceDifferentiated.map((refusal) => ({ ...refusal, back: true })),
  ])('$title is refused in the same sentence', async ({ back, ...refusal }) => {
    const step = captureStep((inputs: Record<string, tf.Tensor>) =>
      back ? gradientsOf(refusal.call, inputs) : refusal.call(inputs),
    );
    await expect(step.run(inputsOf(refusal))).rejects.toThrow(sentence);
    step.dispose();
  });
});
