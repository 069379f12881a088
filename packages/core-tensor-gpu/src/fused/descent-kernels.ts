import * as tf from '@tensorflow/tfjs-core';
import { kernelNames } from '@cantrip/ops';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import { type NativeAttribute, nativeAttributes, type OwnKernels } from '../native/ops/native-op.ts';

/**
 * Updates in the memory of a variable. They work only in a captured step, on variables that the step has not
 * assigned yet.
 */
export const descentKernels: OwnKernels = {
  [kernelNames.descendInPlace]: ({ variable, gradient, learningRate }) =>
    descendRows(variable!, gradient!, learningRate!) ??
    changeInPlace('ResourceApplyGradientDescent', [variable!], [learningRate!, gradient!], {}),
  [kernelNames.descendWithMomentumInPlace]: (
    { variable, velocity, gradient, learningRate, momentum },
    { nesterov },
  ) =>
    changeInPlace('ResourceApplyMomentum', [variable!, velocity!], [learningRate!, gradient!, momentum!], {
      use_nesterov: { bool: nesterov as boolean },
    }),
};

/** @returns the changed variable; undefined if the gradient may have values in other rows than those looked up */
function descendRows(variable: tf.Tensor, gradient: tf.Tensor, rate: tf.Tensor): tf.Tensor[] | undefined {
  const backend = tf.backend() as NativeBackend;
  const [gradientId, rateId] = backend.getInputTensorIds([gradient, rate]) as [number, number];
  const changed = backend.binding.descendRows?.(variable as tf.Variable, gradientId, rateId);
  return changed ? [variable] : undefined;
}

/** @returns the changed variables, or an empty list if this is not possible */
function changeInPlace(
  op: string,
  given: readonly tf.Tensor[],
  inputs: readonly tf.Tensor[],
  attributes: Readonly<Record<string, NativeAttribute>>,
): tf.Tensor[] {
  const backend = tf.backend() as NativeBackend;
  const { changeVariables } = backend.binding;
  if (changeVariables === undefined) return [];
  const variables = given as tf.Variable[];
  const all = nativeAttributes({ T: { type: 'float32' }, use_locking: { bool: false }, ...attributes });
  return changeVariables(op, all, variables, backend.getInputTensorIds(inputs)) ? variables : [];
}
