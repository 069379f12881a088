import type * as tf from '@tensorflow/tfjs-core';

/** The gradient of a kernel on a native device: from what flows back and what was saved. */
export interface NativeGradient {
  readonly gradFunc: (
    dy: tf.Tensor,
    saved: tf.Tensor[],
    attributes: tf.NamedAttrMap,
  ) => ReturnType<tf.GradConfig['gradFunc']>;
  /** Which outputs to save too, behind what the gradient of other backends takes. */
  readonly outputsToSave?: boolean[];
}
