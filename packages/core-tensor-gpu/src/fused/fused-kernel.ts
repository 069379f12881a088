import * as tf from '@tensorflow/tfjs-core';
import { onNativeDevice } from './native-op.ts';

export type Attributes = Readonly<Record<string, number>>;

/**
 * An op of ours that may have several outputs, with its gradient.
 *
 * It is a kernel and not a `tf.customGrad`, which can give one output only.
 */
export interface FusedKernel<Inputs extends Readonly<Record<string, tf.Tensor>>> {
  readonly name: string;
  /** The forward pass in TensorFlow's ops. */
  readonly native: (inputs: Inputs, attributes: Attributes) => readonly tf.Tensor[];
  /** The same as a composition of tfjs-core's ops, for every other device. */
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

/** Runs an op of ours on the device that is open, and puts it on tfjs-core's tape. */
export function runFused<Inputs extends Readonly<Record<string, tf.Tensor>>>(
  kernel: FusedKernel<Inputs>,
  inputs: Inputs,
  attributes: Attributes = {},
): tf.Tensor[] {
  registerFused(kernel, tf.getBackend());
  return tf.engine().runKernel(kernel.name, inputs, attributes);
}

/** Registered when a device is opened or at the first use, because importing this package shall change nothing. */
export function registerFused<Inputs extends Readonly<Record<string, tf.Tensor>>>(
  kernel: FusedKernel<Inputs>,
  backendName: string,
): void {
  const { name: kernelName } = kernel;
  if (tf.getKernel(kernelName, backendName) !== undefined) return;
  const forward = onNativeDevice() ? kernel.native : kernel.composed;
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() => [...forward(inputs as unknown as Inputs, attrs as Attributes)]),
  });
  if (tf.getGradient(kernelName) !== undefined) return;
  tf.registerGradient({
    kernelName,
    inputsToSave: [...(kernel.inputsToSave ?? [])],
    outputsToSave: [...(kernel.outputsToSave ?? [])],
    gradFunc: (dys, saved, attrs) =>
      // tfjs-core hands over that of a single output without the list.
      kernel.gradient(Array.isArray(dys) ? dys : [dys], saved, attrs as Attributes) as Record<
        string,
        () => tf.Tensor
      >,
  });
}
