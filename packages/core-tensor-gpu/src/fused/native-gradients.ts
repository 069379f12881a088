import * as tf from '@tensorflow/tfjs-core';
import { differentiatedAgain } from '@cantrip/ops';
import { activationGradients } from './activation-gradients.ts';
import { frozenBatchNormGradient } from './frozen-batch-norm-gradient.ts';
import type { NativeGradient } from './native-gradient.ts';
import { onNativeDevice } from '../native/ops/native-op.ts';
import { meanGradient, sumGradient } from './reduction-gradients.ts';
import { replaceGradient } from '../gradients/tape/replace-gradient.ts';
import { addGradient, subGradient } from './sum-to-shape.ts';

const isFloat = ({ dtype }: tf.Tensor): boolean => dtype === 'float32';

const gradients: Readonly<Record<string, NativeGradient>> = {
  ...activationGradients,
  [tf.Add]: addGradient,
  [tf.Sub]: subGradient,
  [tf.Sum]: sumGradient,
  [tf.Mean]: meanGradient,
  [tf.FusedBatchNorm]: frozenBatchNormGradient,
};

/**
 * Registers TensorFlow's gradient ops for kernels that have one. tfjs-core composes several ops instead, and uploads
 * tensors of ones. Other backends keep their gradients.
 */
export function registerNativeGradients(): void {
  for (const [kernelName, { gradFunc, ...saving }] of Object.entries(gradients)) {
    replaceGradient('native', kernelName, (before) => ({
      ...saving,
      gradFunc: (dy, saved, attributes) =>
        onNativeDevice() && !differentiatedAgain() && saved.every(isFloat)
          ? gradFunc(dy as tf.Tensor, saved, attributes)
          : before.gradFunc(dy, saved, attributes),
    }));
  }
}
