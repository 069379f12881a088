import * as tf from '@tensorflow/tfjs-core';

/** The attributes of a fused op that say what follows the sum. */
export interface Activated {
  readonly activation: string;
  readonly leakyreluAlpha: number;
}

type Activate = (
  x: tf.Tensor,
  given: { readonly slopes: tf.Tensor | undefined; readonly alpha: number },
) => tf.Tensor;

const activations: Readonly<Record<string, Activate>> = {
  elu: tf.elu,
  leakyrelu: (x, { alpha }) => tf.leakyRelu(x, alpha),
  linear: (x) => x,
  prelu: (x, { slopes }) => tf.prelu(x, slopes!),
  relu: tf.relu,
  relu6: tf.relu6,
  sigmoid: tf.sigmoid,
};

/** What a fused op does after the sum, by its name. */
export function activate(
  x: tf.Tensor,
  { activation, leakyreluAlpha: alpha }: Activated,
  slopes: tf.Tensor | undefined,
): tf.Tensor {
  return activations[activation]!(x, { slopes, alpha });
}
