import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/**
 * Expects the gradients of a scalar function to equal its central differences, relative to the largest. All values
 * are float32, so the step and the tolerance are large. A wrong sign or factor is far outside the tolerance.
 */
export function expectGradients(
  compute: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly tf.Tensor[],
  { step = 1e-2, tolerance = 5e-3 }: { readonly step?: number; readonly tolerance?: number } = {},
): void {
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
    expect(worst, `gradient with respect to input ${i}`).toBeLessThan(tolerance);
  }
  tf.dispose(gradients);
}

/** Numbers in [-1, 1] that look random and are the same on every device. */
export function scattered(shape: number[], seed = 1): tf.Tensor {
  let state = seed * 7919;
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return tf.tensor(values, shape);
}
