import * as tf from '@tensorflow/tfjs-core';
import { isBias } from '../fused/sum-to-shape.ts';
import { nativeOp } from '../native/ops/native-op.ts';
import { pointwiseFilterGradient } from './pointwise-filter-gradient.ts';

/**
 * Replaces an op by a simpler TensorFlow op if the inputs allow it. TensorFlow fuses a convolution or a matrix
 * product with a following `BiasAdd` and activation. It does not fuse a general `AddV2`, or a `BatchMatMulV2`. The
 * gradient of a 1x1 filter is a matrix product.
 */
export function narrowKernels(): void {
  narrow(tf.Add, ({ inputs }) => {
    const { a, b } = inputs as { a: tf.Tensor; b: tf.Tensor };
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return undefined;
    if (addsBias(a, b)) return biasAdd(a, b);
    return addsBias(b, a) ? biasAdd(b, a) : undefined;
  });
  narrow(tf.BatchMatMul, ({ inputs, attrs }) => {
    const { a, b } = inputs as { a: tf.Tensor; b: tf.Tensor };
    if (!isMatrix(a) || !isMatrix(b)) return undefined;
    return matMul(a, b, Boolean(attrs!['transposeA']), Boolean(attrs!['transposeB']));
  });
  narrow(tf.Conv2DBackpropFilter, pointwiseFilterGradient);
}

function addsBias(x: tf.Tensor, bias: tf.Tensor): boolean {
  return x.size > 0 && bias.rank <= x.rank && bias.rank > 0 && isBias(x.shape, bias.shape);
}

function biasAdd(x: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  return tf.tidy(() =>
    nativeOp('BiasAdd', [x, bias.rank === 1 ? bias : tf.reshape(bias, [-1])], {
      T: { type: 'float32' },
      data_format: { text: 'NHWC' },
    }),
  );
}

/** Also true for a stack of one matrix. tfjs-core makes such a stack for a fused product with a bias. */
function isMatrix({ dtype, shape }: tf.Tensor): boolean {
  return dtype === 'float32' && shape.length >= 2 && shape.slice(0, -2).every((size) => size === 1);
}

function matMul(a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): tf.Tensor {
  const flat = (x: tf.Tensor): tf.Tensor => (x.rank === 2 ? x : tf.reshape(x, x.shape.slice(-2)));
  return tf.tidy(() => {
    const product = nativeOp('MatMul', [flat(a), flat(b)], {
      T: { type: 'float32' },
      transpose_a: { bool: transposeA },
      transpose_b: { bool: transposeB },
    });
    const stack = Math.max(a.rank, b.rank) - 2;
    return stack === 0
      ? product
      : tf.reshape(product, [...new Array<number>(stack).fill(1), ...product.shape]);
  });
}

/** Wraps a kernel: first tries another way to compute it. */
function narrow(
  kernelName: string,
  compute: (call: Parameters<tf.KernelFunc>[0]) => tf.Tensor | undefined,
): void {
  const original = tf.getKernel(kernelName, 'tensorflow').kernelFunc;
  tf.unregisterKernel(kernelName, 'tensorflow');
  tf.registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: (call) => compute(call) ?? original(call),
  });
}
