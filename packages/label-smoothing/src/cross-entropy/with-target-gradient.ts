import * as tf from '@tensorflow/tfjs-core';

/**
 * Returns the same values, and adds a gradient with respect to the targets.
 *
 * `tf.customGrad` computes the gradients of all its inputs, even unused ones, and the gradient of the targets is as
 * large as that of the logits. So a separate op adds zeros and has this gradient. TensorFlow.js computes it only if
 * the targets depend on trained variables.
 *
 * @param needed - the tensors that the gradient function needs
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
