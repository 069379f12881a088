import { openDevice } from '@cantrip/core-tensor-gpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { type KernelRun, watchKernels } from '../../src/kernels/watch-kernels.ts';

await openDevice('cpu');

it('gives a kernel the time without the kernels that it runs', () => {
  const [a, b, bias] = [tf.ones([1, 150, 150]), tf.ones([1, 150, 150]), tf.ones([150])];
  const kernels: KernelRun[] = [];
  const end = watchKernels((kernel) => void kernels.push(kernel));
  const began = performance.now();
  tf.dispose(tf.fused.matMul({ a: a as tf.Tensor, b: b as tf.Tensor, bias }));
  const took = performance.now() - began;
  end();
  const fused = kernels.find(({ name }) => name === '_FusedMatMul')!;
  const product = fused.within.find(({ name }) => name === 'BatchMatMul')!;
  expect(product.milliseconds).toBeGreaterThan(2 * fused.milliseconds);
  const total = (kernel: KernelRun): number =>
    kernel.milliseconds + kernel.within.reduce((sum, one) => sum + total(one), 0);
  expect(kernels.reduce((sum, one) => sum + total(one), 0)).toBeLessThanOrEqual(took);
});

it('watches no longer than it was asked to, also after an op that failed', () => {
  const kernels: KernelRun[] = [];
  const end = watchKernels((kernel) => void kernels.push(kernel));
  expect(() => tf.matMul(tf.ones([2, 3]), tf.ones([2, 3]))).toThrow();
  kernels.length = 0;
  tf.dispose(tf.square(tf.ones([2])));
  end();
  const seen = kernels.length;
  expect(seen).toBeGreaterThan(0);
  tf.dispose(tf.square(tf.ones([2])));
  expect(kernels).toHaveLength(seen);
});
