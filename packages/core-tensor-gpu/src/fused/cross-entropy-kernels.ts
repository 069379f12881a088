import * as tf from '@tensorflow/tfjs-core';
import { kernelNames } from '@cantrip/ops';
import { type NativeAttribute, nativeOp, nativeOps, type OwnKernels } from '../native/ops/native-op.ts';
import { denseSoftmaxLoss, isQuickerBySoftmax, sparseSoftmaxLoss } from './softmax-loss.ts';

/** Cross-entropy with its gradient in few ops, and the ops for norms and one-hot labels. */
export const crossEntropyKernels: OwnKernels = {
  [kernelNames.sparseCrossEntropy]: ({ logits, indices }) =>
    isQuickerBySoftmax(logits!)
      ? sparseSoftmaxLoss(logits!, indices!)
      : nativeOps(
          'SparseSoftmaxCrossEntropyWithLogits',
          [logits!, indices!],
          { ...float, Tlabels: { type: 'int32' } },
          2,
        ),
  [kernelNames.denseCrossEntropy]: ({ logits, targets }, { unit }) =>
    isQuickerBySoftmax(logits!)
      ? denseSoftmaxLoss(logits!, targets!, unit === 1)
      : nativeOps('SoftmaxCrossEntropyWithLogits', [logits!, targets!], float, 2),
  [kernelNames.oneHot]: ({ indices }, { classes, on, off }) => [
    tf.oneHot(indices as tf.Tensor1D, classes as number, on as number, off as number, 'float32'),
  ],
  [kernelNames.halfSquare]: ({ x }) => [nativeOp('L2Loss', [x!])],
};

const float: Readonly<Record<string, NativeAttribute>> = { T: { type: 'float32' } };
