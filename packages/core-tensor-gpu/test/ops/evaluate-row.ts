import * as tf from '@tensorflow/tfjs-core';
import type { Given, OpRow } from './rows/op-row.ts';

/** What an op gives, and the gradient of its weighted sum, off the device. */
export interface Evaluated {
  readonly values: readonly Float32Array[];
  readonly shapes: readonly (readonly number[])[];
  readonly gradients: readonly Float32Array[];
}

const listOf = (result: tf.Tensor | readonly tf.Tensor[]): readonly tf.Tensor[] =>
  result instanceof tf.Tensor ? [result] : result;

const tensorOf = ({ values, shape }: Given): tf.Tensor => tf.tensor(values, [...shape]);

/** Weights that are the same on every device, and no two the same. */
export function weights(size: number, phase: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => Math.sin(1.7 * i + phase) + 0.3);
}

/** The results and gradients as tensors: what is run on a device, and what is captured. */
export function forwardAndBack({ compute }: OpRow, inputs: readonly tf.Tensor[]): tf.Tensor[] {
  return tf.tidy(() => {
    let results: readonly tf.Tensor[] = [];
    const gradients = tf.grads((...given: tf.Tensor[]) => {
      results = listOf(compute(...given)).map((result) => tf.keep(result));
      return weightedSum(results);
    })([...inputs]);
    return [...results, ...gradients];
  });
}

function weightedSum(results: readonly tf.Tensor[]): tf.Scalar {
  const floats = results.filter(({ dtype }) => dtype === 'float32');
  return tf.addN(
    floats.map((result, i) => tf.sum(tf.mul(result, tf.tensor(weights(result.size, i), result.shape)))),
  ) as tf.Scalar;
}

export async function evaluate(row: OpRow): Promise<Evaluated> {
  const inputs = row.inputs.map(tensorOf);
  const tensors = forwardAndBack(row, inputs);
  const results = tensors.slice(0, tensors.length - inputs.length);
  const evaluated = {
    values: await download(results),
    shapes: results.map(({ shape }) => shape),
    gradients: await download(tensors.slice(results.length)),
  };
  tf.dispose([inputs, tensors]);
  return evaluated;
}

export async function download(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  return Promise.all(tensors.map(async (tensor) => Float32Array.from(await tensor.data())));
}

/** How the weighted sum of the results changes along a direction: central differences of fourth order. */
export function slopeAlong({ compute, inputs }: OpRow, direction: readonly Float32Array[]): number {
  const step = 0.01;
  const at = (reach: number): number =>
    tf.tidy(() => {
      const moved = inputs.map((given, i) =>
        tensorOf({ ...given, values: given.values.map((x, j) => x + reach * step * direction[i]![j]!) }),
      );
      const results = listOf(compute(...moved)).filter(({ dtype }) => dtype === 'float32');
      return results.reduce((sum, result, i) => sum + dot(result.dataSync(), weights(result.size, i)), 0);
    });
  return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step);
}

/**
 * How the gradient changes along a direction, by the gradient's gradient and by central differences of the gradient.
 * Squares are added up, so that what is linear has something to differentiate.
 */
export function gradientSlope(row: OpRow, direction: readonly Float32Array[]): { got: number; want: number } {
  const squares = (tensors: readonly tf.Tensor[]): tf.Tensor[] => tensors.map((one) => tf.square(one));
  const loss = (...x: tf.Tensor[]): tf.Scalar => {
    const floats = listOf(row.compute(...x)).filter(({ dtype }) => dtype === 'float32');
    return weightedSum([...squares(floats), ...squares(x)]);
  };
  const gradients = (...given: tf.Tensor[]): tf.Tensor[] => tf.grads(loss)(given);
  const inputs = row.inputs.map(tensorOf);
  const got = tf.tidy(() =>
    tf
      .grads((...given: tf.Tensor[]) => weightedSum(gradients(...given)))(inputs)
      .reduce((sum, gradient, i) => sum + dot(gradient.dataSync(), direction[i]!), 0),
  );
  tf.dispose(inputs);
  // The differences are summed on the host in float64: a device's float32 sum would lose them.
  return { got, want: slopeAlong({ ...row, compute: gradients }, direction) };
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export function norm(values: readonly ArrayLike<number>[]): number {
  return Math.sqrt(values.reduce((sum, some) => sum + dot(some, some), 0));
}
