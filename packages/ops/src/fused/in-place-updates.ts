import { booleanCheck, checkArgument, numberIn, optional, readOptions, tensorCheck } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { backendKernel } from '../kernels/backend-kernel.ts';
import { type KernelName, kernelNames } from '../kernels/kernel-names.ts';
import { requireTensor, type WantedTensor } from './require-tensor.ts';

/** What a descent is told beside its tensors. */
export interface DescentOptions {
  readonly learningRate: tf.Scalar;
}

export interface MomentumOptions extends DescentOptions {
  readonly momentum: number | tf.Scalar;
  readonly nesterov?: boolean;
}

/**
 * `variable = variable - learningRate * gradient`, in the variable's own memory.
 *
 * @returns false, and nothing is done, where that can't be: outside a captured step, on other devices, where the step has
 *   already assigned the variable, and where somebody watches its `assign`; compute and assign the new value then
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
 * One step of gradient descent with momentum, as PyTorch has it, in the memory of both variables and in one op.
 *
 * ```
 * velocity = momentum * velocity + gradient
 * variable = variable - learningRate * (nesterov ? gradient + momentum * velocity : velocity)
 * ```
 *
 * @param velocity - of the variable's shape
 * @returns false, and nothing is done, where that can't be, as for {@link descendInPlace}
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
const variableCheck = (value: unknown): string | undefined =>
  value instanceof tf.Variable ? tensorCheck(value) : 'must be a tf.Variable';
const finite = numberIn();
const descentChecks = { learningRate: tensorCheck };
const momentumChecks = {
  ...descentChecks,
  momentum: (value: unknown) => (typeof value === 'number' ? finite(value) : tensorCheck(value)),
  nesterov: optional(booleanCheck),
};

/** Not by `runKernel`, for the kernel gives no tensors: it says by an empty list that nothing was done. */
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

/** Whoever gave a variable an `assign` of its own, as freeze-bn does to fold anew, is to see every change. */
const isWatched = (variable: tf.Variable): boolean => Object.hasOwn(variable, 'assign');
