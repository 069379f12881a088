import * as tf from '@tensorflow/tfjs-core';
import { imageKernels } from '../geometry/image-kernels.ts';
import { gather } from './gather-kernel.ts';
import { multinomial } from './multinomial-kernel.ts';

/**
 * Replaces kernels of tfjs-node that are wrong.
 *
 * Four call chained ops, which tfjs-core alone does not have. `Exp` also frees its int32 input. TensorFlow's `Round`
 * returns zeros for int32 (seen with 2.21). `Multinomial` ignores its seed. `GatherV2` reads its indices. Image
 * transforms have no kernel.
 */
export function correctKernels(): void {
  castFirst(tf.Exp, 'int32', 'float32');
  castFirst(tf.ArgMax, 'bool', 'int32');
  castFirst(tf.ArgMin, 'bool', 'int32');
  keepIntegers(tf.Round);
  replace(tf.GatherV2, gather);
  replace(tf.Multinomial, multinomial);
  for (const [kernelName, kernelFunc] of Object.entries(imageKernels)) {
    tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
  }
  replace(tf.Prelu, ({ inputs }) => {
    const { x, alpha } = inputs as { x: tf.Tensor; alpha: tf.Tensor };
    return tf.tidy(() => tf.add(tf.relu(x), tf.mul(tf.mul(alpha, tf.sub(x, tf.abs(x))), 0.5)));
  });
}

function keepIntegers(kernel: string): void {
  const original = tf.getKernel(kernel, 'tensorflow').kernelFunc;
  replace(kernel, (call) => {
    const x = call.inputs['x'] as tf.Tensor;
    return x.dtype === 'int32' ? tf.clone(x) : original(call);
  });
}

function castFirst(kernel: string, from: tf.DataType, to: 'float32' | 'int32'): void {
  const original = tf.getKernel(kernel, 'tensorflow').kernelFunc;
  replace(kernel, (call) => {
    const x = call.inputs['x'] as tf.Tensor;
    if (x.dtype !== from) return original(call);
    const converted = tf.cast(x, to);
    try {
      return original({ ...call, inputs: { x: converted } });
    } finally {
      converted.dispose();
    }
  });
}

function replace(kernelName: string, kernelFunc: tf.KernelFunc): void {
  tf.unregisterKernel(kernelName, 'tensorflow');
  tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
}
