import * as tf from '@tensorflow/tfjs-core';
import type { Composition } from './backend-kernel.ts';
import type { KernelName } from './kernel-names.ts';

export type Attributes = Readonly<Record<string, number>>;

/**
 * An op of ours that may have several outputs, with its gradient.
 *
 * It is a kernel and not a `tf.customGrad`, which can give one output only.
 */
export interface OwnKernel<Inputs extends Readonly<Record<string, tf.Tensor>>> {
  readonly name: KernelName;
  /** The forward pass in TensorFlow.js's ops, for a backend that registers no kernel of this name. */
  readonly composed: (inputs: Inputs, attributes: Attributes) => readonly tf.Tensor[];
  readonly inputsToSave?: readonly (keyof Inputs & string)[];
  readonly outputsToSave?: readonly boolean[];
  /** From what flows back into each output (null: nothing) and what was saved; for inputs that are wanted only. */
  readonly gradient: (
    dys: readonly (tf.Tensor | null)[],
    saved: readonly tf.Tensor[],
    attributes: Attributes,
  ) => Readonly<Record<keyof Inputs & string, () => tf.Tensor>>;
}

/** Runs an op of ours on the current backend, by its own kernel or composed, and puts it on tfjs-core's tape. */
export function runOwnKernel<Inputs extends Readonly<Record<string, tf.Tensor>>>(
  kernel: OwnKernel<Inputs>,
  inputs: Inputs,
  attributes: Attributes = {},
): tf.Tensor[] {
  registerComposition(kernel, tf.getBackend());
  registerOwnGradient(kernel);
  return tf.engine().runKernel(kernel.name, inputs, attributes);
}

/** At the first use, because importing this package shall change nothing. */
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

/** Gradients belong to a kernel and not to a backend. */
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
      // tfjs-core hands over that of a single output without the list.
      gradient(Array.isArray(dys) ? dys : [dys], saved, attrs as Attributes) as Record<
        string,
        () => tf.Tensor
      >,
  });
}
