import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';
import { globalNorm, hasKernel, kernelNames, softmaxCrossEntropyWithLogits } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';

const { sparseCrossEntropy, halfSquare } = kernelNames;
const logits = (): tf.Tensor2D =>
  tf.tensor2d([
    [1, 2, 3],
    [0, 0, 5],
  ]);
const labels = (): tf.Tensor1D => tf.tensor1d([2, 0], 'int32');
const losses = (): number[] => [...softmaxCrossEntropyWithLogits(logits(), labels()).dataSync()];
const slopes = (): number[] => [
  ...tf
    .grad((x) => tf.sum(softmaxCrossEntropyWithLogits(x, labels())))(logits())
    .dataSync(),
];

/** A kernel that a backend brings along: it counts how often it ran. */
function bring(kernelName: string, kernelFunc: tf.KernelFunc): { readonly runs: () => number } {
  let runs = 0;
  if (tf.getKernel(kernelName, 'cpu') !== undefined) tf.unregisterKernel(kernelName, 'cpu');
  tf.registerKernel({ kernelName, backendName: 'cpu', kernelFunc: (call) => (runs++, kernelFunc(call)) });
  return { runs: () => runs };
}

describe('a function under a kernel name', () => {
  beforeAll(() => tf.setBackend('cpu'));
  afterEach(() => {
    for (const name of [sparseCrossEntropy, halfSquare]) {
      if (tf.getKernel(name, 'cpu') !== undefined) tf.unregisterKernel(name, 'cpu');
    }
  });

  it('is a composition where the backend has no kernel of that name', () => {
    // torch.nn.functional.cross_entropy(torch.tensor([[1., 2, 3], [0, 0, 5]]), torch.tensor([2, 0]), reduction='none')
    expect(losses()[0]).toBeCloseTo(0.40760597, 6);
    expect(losses()[1]).toBeCloseTo(5.01338577, 6);
    expect(hasKernel(sparseCrossEntropy)).toBe(false);
  });

  it("runs the backend's kernel and keeps the same gradient, also when the composition ran before", () => {
    const composed = slopes();
    const kernel = bring(sparseCrossEntropy, ({ inputs }) => {
      const x = inputs['logits'] as tf.Tensor2D;
      const oneHot = tf.cast(tf.oneHot(inputs['indices'] as tf.Tensor1D, 3), 'float32');
      return [tf.neg(tf.sum(tf.mul(tf.logSoftmax(x), oneHot), 1)), tf.sub(tf.softmax(x), oneHot)];
    });
    expect(hasKernel(sparseCrossEntropy)).toBe(true);
    slopes().forEach((slope, i) => expect(slope).toBeCloseTo(composed[i]!, 6));
    expect(kernel.runs()).toBe(1);
  });

  it('differentiates a function that asks for the kernel alone', () => {
    const kernel = bring(halfSquare, ({ inputs }) => [
      tf.div(tf.sum(tf.square(inputs['x'] as tf.Tensor)), 2),
    ]);
    const [norm, slope] = [globalNorm([tf.tensor1d([3, 4])]), tf.grad((x) => globalNorm([x]))];
    expect(norm.dataSync()[0]).toBeCloseTo(5, 6);
    expect([...slope(tf.tensor1d([3, 4])).dataSync()].map((value) => value.toFixed(5))).toEqual([
      '0.60000',
      '0.80000',
    ]);
    expect(kernel.runs()).toBe(2);
  });
});
