import type * as tf from '@tensorflow/tfjs-core';

export type Inputs = Readonly<Record<string, tf.Tensor | undefined>>;
export type Attributes = Readonly<Record<string, unknown>>;

/** The parts of the engine that tfjs-core's types leave out. */
export interface RunningEngine {
  readonly backendName: string;
  readonly state: { readonly scopeStack: readonly { readonly name: string }[] };
  runKernel: ((kernel: string, inputs: Inputs, attrs?: Attributes) => unknown) & {
    readonly checked?: boolean;
  };
}

/** What is checked before a kernel runs, by the kernel's name. */
export type KernelChecks = Readonly<
  Record<string, (inputs: Inputs, attrs: Attributes, engine: RunningEngine) => void>
>;
