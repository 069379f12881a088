import {
  above,
  atLeast,
  atMost,
  CantripError,
  type Check,
  checkArgument,
  floatTensorCheck,
  functionCheck,
  integerIn,
  numberIn,
  optional,
  readOptions,
} from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { codes } from '../error-codes.ts';

const inputsCheck: Check<readonly tf.Tensor[]> = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((one) => floatTensorCheck(one) === undefined)
    ? undefined
    : 'must be an array of float32 tensors';
const optionChecks = {
  step: optional(numberIn(above(0)), 1e-2),
  tolerance: optional(numberIn(above(0)), 5e-3),
};
const largest = 2 ** 24;
const shapeCheck: Check<number[]> = (value) =>
  Array.isArray(value) &&
  value.every((one) => integerIn(atLeast(0), atMost(largest))(one) === undefined) &&
  value.reduce((product: number, one: number) => product * one, 1) <= largest
    ? undefined
    : 'must be a shape of at most 2^24 numbers';

/**
 * Expects the gradients of a scalar function to equal its central differences, relative to the largest. All values
 * are float32, so the step and the tolerance are large. A wrong sign or factor is far outside the tolerance.
 *
 * @throws CantripError TESTING_DIFFERENT, which names the input; OPTION_INVALID
 * @example
 * ```ts
 * expectGradients((x) => tf.sum(tf.square(x)), [scattered([2, 3])]);
 * ```
 */
export function expectGradients(
  compute: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly tf.Tensor[],
  options: { readonly step?: number; readonly tolerance?: number } = {},
): void {
  const who = 'expectGradients';
  checkArgument(who, 'compute', functionCheck, compute);
  checkArgument(who, 'inputs', inputsCheck, inputs);
  const { step, tolerance } = readOptions(who, optionChecks, options);
  const gradients = tf.tidy(() => tf.grads((...given) => compute(...given))([...inputs]) as tf.Tensor[]);
  const value = (changed: readonly tf.Tensor[]): number =>
    tf.tidy(() => compute(...changed).dataSync()[0] as number);
  for (const [i, input] of inputs.entries()) {
    const numbers = input.dataSync();
    const moved = (at: number, by: number): number =>
      tf.tidy(() => {
        const copy = Float32Array.from(numbers, (number, j) => (j === at ? number + by : number));
        return value(inputs.map((other, j) => (j === i ? tf.tensor(copy, input.shape) : other)));
      });
    const differences = Array.from(numbers, (_, at) => (moved(at, step) - moved(at, -step)) / (2 * step));
    const got = (gradients[i] as tf.Tensor).dataSync();
    const scale = Math.max(...differences.map(Math.abs), 1e-3);
    const worst = Math.max(...differences.map((want, at) => Math.abs(got[at]! - want) / scale));
    if (!(worst < tolerance)) throw different(i, worst, tolerance);
  }
  tf.dispose(gradients);
}

function different(input: number, worst: number, tolerance: number): CantripError {
  return new CantripError(codes.TESTING_DIFFERENT, {
    who: 'expectGradients',
    what: `the gradient with respect to input ${input} is ${worst} from the central differences, relative to the largest, where less than ${tolerance} is allowed`,
    fix: 'Correct the gradient, or the step of the differences',
  });
}

/**
 * Numbers in [-1, 1] that look random and are the same on every device.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * scattered([2, 3]); // a tensor of 6 numbers
 * ```
 */
export function scattered(shape: number[], seed = 1): tf.Tensor {
  checkArgument('scattered', 'shape', shapeCheck, shape);
  checkArgument('scattered', 'seed', integerIn(), seed);
  let state = seed * 7919;
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return tf.tensor(values, shape);
}
