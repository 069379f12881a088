import {
  booleanCheck,
  type Check,
  checkArgument,
  numberIn,
  optional,
  readOptions,
  tensorCheck,
} from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { backendKernel } from '../kernels/backend-kernel.ts';
import { type KernelName, kernelNames } from '../kernels/kernel-names.ts';
import { requireTensor, type WantedTensor } from './require-tensor.ts';

/** The numbers of an update. */
export interface DescentOptions {
  readonly learningRate: tf.Scalar;
}

export interface MomentumOptions extends DescentOptions {
  readonly momentum: number | tf.Scalar;
  readonly nesterov?: boolean;
}

/**
 * Computes `variable = variable - learningRate * gradient` in the variable's memory.
 *
 * @returns false if this is not possible; then nothing was changed: compute and assign the new value yourself. It is
 *   not possible outside a captured step, on other devices, if the step has already assigned the variable, and if
 *   `assign` of the variable was replaced
 */
export function descendInPlace(variable: tf.Variable, gradient: tf.Tensor, options: DescentOptions): boolean {
  const who = 'descendInPlace';
  checkArgument(who, 'variable', variableCheck, variable);
  requireTensor(who, 'gradient', gradient, { shape: variable.shape });
  readOptions(who, descentChecks, options);
  const { learningRate } = options;
  requireTensor(who, 'learningRate', learningRate, scalar);
  return changeInPlace(kernelNames.descendInPlace, [variable], { variable, gradient, learningRate });
}

/**
 * One step of gradient descent with momentum, as in PyTorch, in the memory of both variables and in one op.
 *
 * ```
 * velocity = momentum * velocity + gradient
 * variable = variable - learningRate * (nesterov ? gradient + momentum * velocity : velocity)
 * ```
 *
 * @param velocity - in the variable's shape
 * @returns false if this is not possible, as for {@link descendInPlace}; then nothing was changed
 * @example
 * ```ts
 * const done = descendWithMomentumInPlace(weights, velocity, gradient, { learningRate, momentum: 0.9 });
 * if (!done) weights.assign(…);
 * ```
 * @see Sutskever et al., On the importance of initialization and momentum in deep learning, ICML 2013
 */
export function descendWithMomentumInPlace(
  variable: tf.Variable,
  velocity: tf.Variable,
  gradient: tf.Tensor,
  options: MomentumOptions,
): boolean {
  const who = 'descendWithMomentumInPlace';
  checkArgument(who, 'variable', variableCheck, variable);
  checkArgument(who, 'velocity', variableCheck, velocity);
  requireTensor(who, 'velocity', velocity, { shape: variable.shape });
  requireTensor(who, 'gradient', gradient, { shape: variable.shape });
  readOptions(who, momentumChecks, options);
  const { learningRate, momentum, nesterov = false } = options;
  requireTensor(who, 'learningRate', learningRate, scalar);
  if (typeof momentum !== 'number') requireTensor(who, 'momentum', momentum, scalar);
  return tf.tidy(() =>
    changeInPlace(
      kernelNames.descendWithMomentumInPlace,
      [variable, velocity],
      {
        variable,
        velocity,
        gradient,
        learningRate,
        momentum: typeof momentum === 'number' ? tf.scalar(momentum) : momentum,
      },
      { nesterov },
    ),
  );
}

const scalar: WantedTensor = { shape: [] };
const variableCheck: Check<tf.Variable> = (value) =>
  value instanceof tf.Variable ? tensorCheck(value) : 'must be a tf.Variable';
const finite = numberIn();
const descentChecks = { learningRate: tensorCheck };
const momentumChecks = {
  ...descentChecks,
  momentum: (value: unknown) => (typeof value === 'number' ? finite(value) : tensorCheck(value)),
  nesterov: optional(booleanCheck),
};

/** Does not use `runKernel`, because this kernel may return an empty list, which means that it did nothing. */
function changeInPlace(
  name: KernelName,
  variables: readonly tf.Variable[],
  inputs: tf.NamedTensorMap,
  attrs: tf.NamedAttrMap = {},
): boolean {
  const kernel = backendKernel(name);
  if (kernel === undefined || variables.some(isWatched)) return false;
  const changed = kernel.kernelFunc({ inputs, attrs, backend: tf.backend() });
  return Array.isArray(changed) && changed.length > 0;
}

/** Whether other code replaced the variable's `assign`, e.g. freeze-bn. That code must see every change. */
const isWatched = (variable: tf.Variable): boolean => Object.hasOwn(variable, 'assign');
