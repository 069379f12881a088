import type { HostTensor, HostTensors } from '@cantrip/ops';
import type * as tf from '@tensorflow/tfjs-core';
import type { Tensors } from './batch.ts';

/** What the loss of an output says about it; see the fields of the same names of `Loss`. */
export interface LossOfOutput {
  readonly name: string;
  readonly answers?: 'softmax' | 'sigmoid' | undefined;
  readonly applies?: 'softmax' | 'sigmoid' | undefined;
  readonly isRegression?: boolean | undefined;
  readonly ignoreIndex?: number | undefined;
}

/** A trained output of an evaluated batch. Every tensor has one row for each example, and may have padding rows after them. */
export interface EvaluatedOutput {
  /** The name of the output; empty if the model has one. */
  readonly output: string;
  readonly loss: LossOfOutput;
  readonly outputs: tf.Tensor;
  /** Where the data had them: on the host or on the device. */
  readonly targets: HostTensor | tf.Tensor;
  /** The weights of the examples, or of places in them; absent if all are equal. */
  readonly weights?: HostTensor | tf.Tensor | undefined;
}

/** The examples of an evaluated batch. */
export interface EvaluatedExamples {
  /** The number of examples. It is smaller than the number of rows if the last rows are padding. */
  readonly size: number;
  /** Where the data had them: on the host or on the device. */
  readonly inputs: HostTensors | Tensors;
  readonly outputs: readonly EvaluatedOutput[];
}
