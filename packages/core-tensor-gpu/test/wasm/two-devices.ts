import * as tf from '@tensorflow/tfjs-core';
// tfjs-core's build for Node carries no gradients; tfjs-layers registers them.
import '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
import { DeviceAbsent, type DeviceName, openDevice } from '../../src/index.ts';

/** Values and shape, off the device. */
export interface Result {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Opens wasm and the device whose results are taken as right: TensorFlow, or plain JavaScript where it is absent. */
export async function openBoth(): Promise<DeviceName> {
  await openDevice('wasm');
  try {
    return (await openDevice('tensorflow')).name;
  } catch (error) {
    const required = (process.env['CANTRIP_REQUIRE'] ?? '').split(',').includes('tensorflow');
    if (required || !(error instanceof DeviceAbsent)) throw error;
    return (await openDevice('cpu')).name;
  }
}

/**
 * Leaves a test out where TensorFlow is absent: plain JavaScript is itself wrong in what the test compares (padded
 * average pooling, products that broadcast two axes, transposed convolutions).
 */
export function skipWithoutTensorFlow(reference: DeviceName, skip: (note: string) => void): void {
  if (reference === 'cpu') skip('TensorFlow is absent, and the cpu backend is wrong here');
}

/** Runs a computation on a device and reads its results. */
export async function runOn(device: DeviceName, compute: () => readonly tf.Tensor[]): Promise<Result[]> {
  await tf.setBackend(device);
  const tensors = tf.tidy(() => compute() as tf.Tensor[]);
  const results: Result[] = [];
  for (const tensor of tensors) {
    results.push({ shape: tensor.shape, values: Float32Array.from(await tensor.data()) });
    tensor.dispose();
  }
  return results;
}

/** Runs the same computation on wasm and on the reference and compares, to a part of the largest value. */
export async function expectSame(
  reference: DeviceName,
  compute: () => readonly tf.Tensor[],
  tolerance = 2e-5,
): Promise<void> {
  const expected = await runOn(reference, compute);
  const actual = await runOn('wasm', compute);
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  for (const [i, { values }] of actual.entries()) {
    expect(largestDifference(values, expected[i]!.values)).toBeLessThanOrEqual(tolerance);
  }
}

function largestDifference(actual: Float32Array, expected: Float32Array): number {
  const scale = Math.max(1, ...expected.map(Math.abs));
  let largest = 0;
  for (const [i, value] of actual.entries()) {
    const difference = Math.abs(value - expected[i]!) / scale;
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

/** Numbers that look random and are the same on every device. */
export function numbers(shape: number[], seed = 1): tf.Tensor {
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  for (let i = 0, state = seed * 7919; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
  return tf.tensor(values, shape);
}
