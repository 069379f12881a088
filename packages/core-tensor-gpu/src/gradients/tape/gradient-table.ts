import type * as tf from '@tensorflow/tfjs-core';

/** What a gradient gives: for each input's name, a function that computes what flows back to it. */
export type InputGradients = Readonly<Record<string, () => tf.Tensor>>;

/** The gradient of a kernel as tfjs-core registers it, with the types that are held to here. */
export interface Gradient {
  readonly inputsToSave?: readonly string[];
  readonly outputsToSave?: readonly boolean[];
  readonly saveAllInputs?: boolean;
  /**
   * @param dy - what flows back into each output; a kernel with one output has a list of one
   * @param saved - inputs, then outputs
   */
  readonly of: (
    dy: readonly tf.Tensor[],
    saved: readonly tf.Tensor[],
    attributes: Readonly<Record<string, unknown>>,
  ) => InputGradients;
}

/** Gradients by the name of their kernel. */
export type GradientTable = Readonly<Record<string, Gradient>>;
