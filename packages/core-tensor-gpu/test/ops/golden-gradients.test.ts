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
