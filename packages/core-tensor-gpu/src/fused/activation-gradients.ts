import * as tf from '@tensorflow/tfjs-core';
import type { NativeGradient } from './native-gradient.ts';
import { nativeOp } from '../native/ops/native-op.ts';

/** The gradients of activations and roots. Each is one op. */
export const activationGradients: Readonly<Record<string, NativeGradient>> = {
  [tf.Relu]: ofOutput((dy, y) => nativeOp('ReluGrad', [dy, y])),
  [tf.Relu6]: ofOutput((dy, y) => nativeOp('Relu6Grad', [dy, y])),
  [tf.Sigmoid]: ofOutput((dy, y) => nativeOp('SigmoidGrad', [y, dy])),
  [tf.Tanh]: ofOutput((dy, y) => nativeOp('TanhGrad', [y, dy])),
  [tf.Sqrt]: ofOutput((dy, y) => nativeOp('SqrtGrad', [y, dy])),
  [tf.Rsqrt]: ofOutput((dy, y) => nativeOp('RsqrtGrad', [y, dy])),
  [tf.Softplus]: {
    gradFunc: (dy, [x]) => ({ x: () => nativeOp('SoftplusGrad', [dy, x!]) }),
  },
  [tf.LeakyRelu]: {
    gradFunc: (dy, [x], { alpha }) => ({
      x: () =>
        nativeOp('LeakyReluGrad', [dy, x!], { T: { type: 'float32' }, alpha: { float: alpha as number } }),
    }),
  },
};

function ofOutput(compute: (dy: tf.Tensor, y: tf.Tensor) => tf.Tensor): NativeGradient {
  return {
    outputsToSave: [true],
    gradFunc: (dy, saved) => ({ x: () => compute(dy, saved.at(-1)!) }),
  };
}
