import * as tf from '@tensorflow/tfjs-core';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { expectClose, loadGolden, type Nested, presentDevices } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

interface Case {
  readonly inputs: readonly Nested[];
  readonly upstream: Nested;
  readonly outputs: Nested;
  readonly gradients: readonly Nested[];
  readonly equation?: string;
}

const { cases, tolerance } = loadGolden<Readonly<Record<string, Case>>>(
  new URL('../golden/gradients.json', import.meta.url),
);

type Compute = (...x: tf.Tensor[]) => tf.Tensor;
const image = (x: tf.Tensor): tf.Tensor4D => x as tf.Tensor4D;

const turn = [0.9, 0.23, -0.37, -0.31, 1.07, 0.61, 0, 0];
const vanishing = [1.13, -0.27, 0.21, 0.17, 0.83, -0.43, 0.031, -0.022];

const seen =
  (
    transform: readonly number[],
    interpolation: 'bilinear' | 'nearest',
    mode: 'constant' | 'nearest' | 'reflect',
  ): Compute =>
  (x) =>
    tf.image.transform(image(x), tf.tensor2d([...transform], [1, 8]), interpolation, mode);

const ops: Readonly<Record<string, Compute>> = {
  topk: (x) => tf.topk(x, 2).values,
  gatherND: (x) => tf.gatherND(x, tf.tensor2d([2, 1, 0, 0, 2, 1], [3, 2], 'int32')),
  stridedSlice: (x) => tf.stridedSlice(x, [-1, 1], [0, 5], [-2, 3], 0, 1),
  depthToSpace: (x) => tf.depthToSpace(image(x), 2),
  divNoNan: (a, b) => tf.divNoNan(a!, b!),
  mirrorPad: (x) =>
    tf.mirrorPad(
      x,
      [
        [1, 2],
        [2, 1],
      ],
      'reflect',
    ),
  'cumprod of zeros': (x) => tf.cumprod(x, 1),
  'prod of zeros': (x) => tf.prod(x, 1),
  'max at ties': (x) => tf.max(x, 1),
  'cumsum over the first axis': (x) => tf.cumsum(x, 0),
  'pow at 0': (x) => tf.pow(x, tf.tensor1d([0, 1, 2, 3])),
  'resizeBilinear, corners aligned': (x) => tf.image.resizeBilinear(image(x), [5, 7], true),
  'resizeBilinear, half pixels': (x) => tf.image.resizeBilinear(image(x), [5, 7], false, true),
  'resizeNearestNeighbor, half pixels': (x) => tf.image.resizeNearestNeighbor(image(x), [5, 7], false, true),
  'image.transform, bilinear, constant': seen(vanishing, 'bilinear', 'constant'),
  'image.transform, bilinear, nearest': seen(turn, 'bilinear', 'nearest'),
  'image.transform, bilinear, reflect': seen(turn, 'bilinear', 'reflect'),
  'image.transform, nearest, constant': seen(turn, 'nearest', 'constant'),
  'image.rotateWithOffset': (x) => tf.image.rotateWithOffset(image(x), 0.7, 0, [0.4, 0.25]),
  resizeNearestNeighbor: (x) => tf.image.resizeNearestNeighbor(image(x), [5, 7]),
};

describe.each(await presentDevices(['tensorflow', 'wasm', 'cpu']))('on %s', (device) => {
  it.each(Object.entries(cases))('%s has the values and gradients of PyTorch', async (name, golden) => {
    await openDevice(device);
    const compute =
      golden.equation === undefined ? ops[name]! : (...x: tf.Tensor[]) => tf.einsum(golden.equation!, ...x);
    const inputs = golden.inputs.map((values) => tf.tensor(values as number[]));
    const upstream = tf.tensor(golden.upstream as number[]);
    const outputs = compute(...inputs);
    expectClose(outputs, golden.outputs, tolerance);
    const gradients = tf.grads((...x) => tf.sum(tf.mul(compute(...x), upstream)))(inputs);
    expect(gradients).toHaveLength(golden.gradients.length);
    gradients.forEach((gradient, i) => expectClose(gradient, golden.gradients[i]!, tolerance));
  });
});
