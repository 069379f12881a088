import * as tf from '@tensorflow/tfjs-core';
import type { PerClass } from '../smoothing/per-class.ts';
import { binaryLogitGradient, binaryLoss, binaryTargetGradient } from './binary.ts';
import { factorsToSave } from './factors-to-save.ts';
import { withTargetGradient } from './with-target-gradient.ts';

/** Binary cross-entropy of logits `[N, K]` with targets `[N, K]`, for each element; `positive` weighs the positives. */
export function sigmoidOfTargets(logits: tf.Tensor, targets: tf.Tensor, positive: PerClass): tf.Tensor {
  const factors = factorsToSave([positive]);
  const elements = tf.customGrad((logits, save) => {
    const given = logits as tf.Tensor;
    (save as tf.GradSaveFunc)([given, targets, ...factors.tensors]);
    return {
      value: binaryLoss(given, targets, positive),
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
        const [logits, targets, ...rest] = saved as [tf.Tensor, tf.Tensor, ...tf.Tensor[]];
        return [tf.mul(binaryLogitGradient(logits, targets, factors.restore(rest)[0]), upstream)];
      },
    };
  })(logits);
  return withTargetGradient(elements, targets, [logits, ...factors.tensors], (upstream, [logits, ...rest]) =>
    tf.mul(binaryTargetGradient(logits!, factors.restore(rest)[0]), upstream),
  );
}
