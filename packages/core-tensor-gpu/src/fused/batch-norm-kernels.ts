import * as tf from '@tensorflow/tfjs-core';
import { kernelNames } from '@cantrip/ops';
import { type NativeAttribute, nativeOps, type OwnKernels } from '../native/ops/native-op.ts';

/** Batch normalisation in training and with given statistics: one op, and one op for its gradient. */
export const batchNormKernels: OwnKernels = {
  [kernelNames.batchNormTraining]({ x, gamma, beta }, { epsilon }) {
    const none = tf.tensor1d([]);
    const [y, mean, variance, ...reserve] = nativeOps(
      'FusedBatchNormV3',
      [x!, gamma!, beta!, none, none],
      attributes(epsilon, true),
      6,
    ) as [tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]];
    // The op divides by the count minus 1, and by 1 if the count is 1.
    const count = x!.size / x!.shape[3]!;
    return [y, mean, tf.mul(variance, Math.max(count - 1, 1) / count), ...reserve];
  },
  [kernelNames.batchNormTrainingGradient]: ({ dy, x, gamma, reserve0, reserve1, reserve2 }, { epsilon }) =>
    gradients([dy!, x!, gamma!, reserve0!, reserve1!, reserve2!], attributes(epsilon, true)),
  [kernelNames.frozenBatchNorm]: ({ x, mean, variance, gamma, beta }, { epsilon }) =>
    nativeOps('FusedBatchNormV3', [x!, gamma!, beta!, mean!, variance!], attributes(epsilon, false), 6).slice(
      0,
      1,
    ),
  [kernelNames.frozenBatchNormGradient]: ({ dy, x, gamma, mean, variance }, { epsilon }) =>
    gradients([dy!, x!, gamma!, mean!, variance!, tf.tensor1d([])], attributes(epsilon, false)),
};

/** The gradients of `x`, gamma and beta. */
function gradients(
  inputs: readonly tf.Tensor[],
  opAttributes: Readonly<Record<string, NativeAttribute>>,
): tf.Tensor[] {
  return nativeOps('FusedBatchNormGradV3', inputs, opAttributes, 5).slice(0, 3);
}

function attributes(epsilon: unknown, training: boolean): Record<string, NativeAttribute> {
  return {
    T: { type: 'float32' },
    U: { type: 'float32' },
    epsilon: { float: epsilon as number },
    data_format: { text: 'NHWC' },
    is_training: { bool: training },
  };
}
