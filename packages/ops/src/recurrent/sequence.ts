import {
  booleanCheck,
  floatTensorCheck,
  oneOf,
  optional,
  type Optional,
  tensorCheck,
  type TensorLike,
} from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { requireTensor } from '../fused/require-tensor.ts';

/** The activation of the gates. `hardSigmoid` is `clip(0.2 x + 0.5, 0, 1)`, as in TensorFlow.js and Keras 2. */
export type GateActivation = 'sigmoid' | 'hardSigmoid';

/** What `lstm` and `gru` have in common. G is 4 for `lstm` and 3 for `gru`. */
export interface SequenceOptions {
  /** `[features, G * units]` */
  readonly kernel: tf.Tensor;
  /** `[units, G * units]` */
  readonly recurrentKernel: tf.Tensor;
  /** `[G * units]`; 0 by default. */
  readonly bias?: tf.Tensor | undefined;
  /** `sigmoid` by default, as in PyTorch and Keras. */
  readonly recurrentActivation?: GateActivation | undefined;
  /** `[batch, steps]`. In a step whose mask is 0, an example keeps its state, which is its output there. By default no step is masked. */
  readonly mask?: tf.Tensor | undefined;
  /** Reads the last step first. The outputs are in the order of reading. False by default. */
  readonly goBackwards?: boolean | undefined;
}

interface SequenceChecks {
  readonly kernel: typeof floatTensorCheck;
  readonly recurrentKernel: typeof floatTensorCheck;
  readonly bias: OptionalTensor;
  readonly recurrentActivation: Optional<GateActivation, GateActivation>;
  readonly mask: OptionalTensor;
  readonly goBackwards: Optional<boolean, boolean>;
}
type OptionalTensor = Optional<TensorLike, undefined>;

export const sequenceChecks: SequenceChecks = {
  kernel: floatTensorCheck,
  recurrentKernel: floatTensorCheck,
  bias: optional(floatTensorCheck),
  recurrentActivation: optional(oneOf<GateActivation>('sigmoid', 'hardSigmoid'), 'sigmoid'),
  mask: optional(tensorCheck),
  goBackwards: optional<boolean>(booleanCheck, false),
};

/**
 * Checks the shapes that `lstm` and `gru` have in common.
 *
 * @returns the number of units
 */
export function requireSequence(
  who: string,
  inputs: tf.Tensor,
  options: SequenceOptions,
  gates: number,
  states: Readonly<Record<string, tf.Tensor | undefined>>,
): number {
  requireTensor(who, 'inputs', inputs, { shape: [-1, -1, -1] });
  requireTensor(who, 'recurrentKernel', options.recurrentKernel, { shape: [-1, -1] });
  const [batch, steps, features] = inputs.shape as [number, number, number];
  const units = options.recurrentKernel.shape[0]!;
  requireTensor(who, 'recurrentKernel', options.recurrentKernel, { shape: [units, gates * units] });
  requireTensor(who, 'kernel', options.kernel, { shape: [features, gates * units] });
  if (options.bias) requireTensor(who, 'bias', options.bias, { shape: [gates * units] });
  if (options.mask) requireMask(who, options.mask, [batch, steps]);
  for (const [name, state] of Object.entries(states))
    if (state) requireTensor(who, name, state, { shape: [batch, units] });
  return units;
}

/** A mask counts as bools, whatever numbers it has. */
function requireMask(who: string, mask: tf.Tensor, shape: readonly number[]): void {
  const counts = mask.dtype === 'bool' || mask.dtype === 'int32';
  tf.tidy(() => requireTensor(who, 'mask', counts ? tf.cast(mask, 'float32') : mask, { shape }));
}

/**
 * The weights of all gates and the inputs of all steps, with the batch in the last axis. Then a gate is a range of
 * rows, which TensorFlow gives without a copy, and one product for a step computes all gates.
 */
export interface Transposed {
  /** Rows of gates, `[G * units, rows of a step]`, in the given order. */
  readonly weights: readonly tf.Tensor[];
  /** `[features + 1, batch]` for each step: the inputs and a row of ones for the bias, if there is one. */
  readonly steps: readonly tf.Tensor[];
  /** `[1, batch]` for each step: 1 where the step counts. */
  readonly masks?: readonly tf.Tensor[] | undefined;
}

/** @param parts - gates by their place in the kernels; each list becomes one matrix */
export function transposed(
  inputs: tf.Tensor,
  options: SequenceOptions,
  parts: readonly (readonly number[])[],
): Transposed {
  const { kernel, recurrentKernel, bias, mask, goBackwards = false } = options;
  const [batch, steps] = inputs.shape as [number, number];
  const inOrder = (tensors: tf.Tensor[]): tf.Tensor[] => (goBackwards ? [...tensors].reverse() : tensors);
  const rows = bias ? [kernel, tf.expandDims(bias), recurrentKernel] : [kernel, recurrentKernel];
  const gates = tf.split(tf.transpose(tf.concat(rows, 0)), parts.flat().length, 0);
  const features = tf.transpose(inputs, [1, 2, 0]);
  const full = bias ? tf.concat([features, tf.ones([steps, 1, batch])], 1) : features;
  return {
    weights: parts.map((part) =>
      part.length === 1
        ? gates[part[0]!]!
        : tf.concat(
            part.map((gate) => gates[gate]!),
            0,
          ),
    ),
    steps: inOrder(tf.unstack(full)),
    masks:
      mask && inOrder(tf.unstack(tf.expandDims(tf.transpose(tf.cast(tf.cast(mask, 'bool'), 'float32')), 1))),
  };
}

/** The states of all steps, `[units, batch]` each, as `[batch, steps, units]`. */
export function sequenceOf(states: readonly tf.Tensor[]): tf.Tensor {
  return tf.transpose(tf.stack([...states]), [2, 0, 1]);
}

/** `after` where the mask is 1, and `before` where it is 0. */
export function masked(mask: tf.Tensor | undefined, after: tf.Tensor, before: tf.Tensor): tf.Tensor {
  if (!mask) return after;
  return tf.add(tf.mul(after, mask), tf.mul(before, tf.sub(1, mask)));
}

export const gateActivations: Readonly<Record<GateActivation, (x: tf.Tensor) => tf.Tensor>> = {
  sigmoid: (x) => tf.sigmoid(x),
  hardSigmoid: (x) => tf.clipByValue(tf.add(0.5, tf.mul(0.2, x)), 0, 1),
};
