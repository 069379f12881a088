import type * as tf from '@tensorflow/tfjs-core';

/** The result of a gradient: for each input's name, a function that computes the gradient of that input. */
export type InputGradients = Readonly<Record<string, () => tf.Tensor>>;

/** The gradient of a kernel as tfjs-core registers it, with strict types. */
export interface Gradient {
  readonly inputsToSave?: readonly string[];
  readonly outputsToSave?: readonly boolean[];
  readonly saveAllInputs?: boolean;
  /**
   * @param dy - the gradient of each output; a list of one for a single output
   * @param saved - inputs, then outputs
   */
  readonly of: (
    dy: readonly tf.Tensor[],
    saved: readonly tf.Tensor[],
    attributes: Readonly<Record<string, unknown>>,
  ) => InputGradients;
}

/** Gradients by kernel name. */
export type GradientTable = Readonly<Record<string, Gradient>>;
