import * as tf from '@tensorflow/tfjs-core';
import type { Composition } from './backend-kernel.ts';
import type { KernelName } from './kernel-names.ts';

export type Attributes = Readonly<Record<string, number>>;

/**
 * An op of this package with its gradient. It may have several outputs. It is a kernel and not a `tf.customGrad`,
 * because that allows only one output.
 */
export interface OwnKernel<Inputs extends Readonly<Record<string, tf.Tensor>>> {
  readonly name: KernelName;
  /** The forward pass as TensorFlow.js ops, for backends that register no kernel of this name. */
  readonly composed: (inputs: Inputs, attributes: Attributes) => readonly tf.Tensor[];
  readonly inputsToSave?: readonly (keyof Inputs & string)[];
  readonly outputsToSave?: readonly boolean[];
  /**
   * Computes the gradients of the requested inputs from the gradient of each output (null: none) and the saved
   * tensors.
   */
  readonly gradient: (
    dys: readonly (tf.Tensor | null)[],
    saved: readonly tf.Tensor[],
    attributes: Attributes,
  ) => Readonly<Record<keyof Inputs & string, () => tf.Tensor>>;
}

/**
 * Runs an op of this package on the current backend, with its own kernel or composed, and records it on tfjs-core's
 * tape.
 */
export function runOwnKernel<Inputs extends Readonly<Record<string, tf.Tensor>>>(
  kernel: OwnKernel<Inputs>,
  inputs: Inputs,
  attributes: Attributes = {},
): tf.Tensor[] {
  registerComposition(kernel, tf.getBackend());
  registerOwnGradient(kernel);
  return tf.engine().runKernel(kernel.name, inputs, attributes);
}

/** Registers at the first use, because an import must have no side effect. */
function registerComposition<Inputs extends Readonly<Record<string, tf.Tensor>>>(
  { name: kernelName, composed }: OwnKernel<Inputs>,
  backendName: string,
): void {
  if (tf.getKernel(kernelName, backendName) !== undefined) return;
  const composition: Composition = {
    kernelName,
    backendName,
    isComposition: true,
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() => [...composed(inputs as unknown as Inputs, attrs as Attributes)]),
  };
  tf.registerKernel(composition);
}

/** Gradients are registered per kernel, not per backend. */
function registerOwnGradient<Inputs extends Readonly<Record<string, tf.Tensor>>>({
  name: kernelName,
  inputsToSave = [],
  outputsToSave = [],
  gradient,
}: OwnKernel<Inputs>): void {
  if (tf.getGradient(kernelName) !== undefined) return;
  tf.registerGradient({
    kernelName,
    inputsToSave: [...inputsToSave],
    outputsToSave: [...outputsToSave],
    gradFunc: (dys, saved, attrs) =>
      // tfjs-core passes the gradient of a single output without a list.
      gradient(Array.isArray(dys) ? dys : [dys], saved, attrs as Attributes) as Record<
        string,
        () => tf.Tensor
      >,
  });
}
