import * as tf from '@tensorflow/tfjs-core';

/**
 * The same values, with a gradient with respect to the targets.
 *
 * `tf.customGrad` computes the gradients of all its inputs, wanted or not, and that of the targets is as large as that
 * of the logits. As an op of its own that adds zeros, it is computed only where targets come from something trained.
 *
 * @param needed - the tensors that the gradient is computed from
 */
export function withTargetGradient(
  values: tf.Tensor,
  targets: tf.Tensor,
  needed: readonly tf.Tensor[],
  gradient: (upstream: tf.Tensor, needed: tf.Tensor[]) => tf.Tensor,
): tf.Tensor {
  const nothing = tf.customGrad((_targets, save) => {
    (save as tf.GradSaveFunc)([...needed]);
    return {
      value: tf.zerosLike(values),
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => [gradient(upstream, saved)],
    };
  })(targets);
  return tf.add(values, nothing);
}
