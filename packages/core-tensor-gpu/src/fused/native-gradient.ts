import type * as tf from '@tensorflow/tfjs-core';

/** The gradient of a kernel on a native device, computed from the output's gradient and the saved tensors. */
export interface NativeGradient {
  readonly gradFunc: (
    dy: tf.Tensor,
    saved: tf.Tensor[],
    attributes: tf.NamedAttrMap,
  ) => ReturnType<tf.GradConfig['gradFunc']>;
  /** Outputs to save as well, after the tensors that the gradient of other backends saves. */
  readonly outputsToSave?: boolean[];
}
