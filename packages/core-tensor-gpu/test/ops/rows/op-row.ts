import * as tf from '@tensorflow/tfjs-core';

/** An input of an op: its shape and its values, off every device. */
export interface Given {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** An op in one situation. */
export interface OpRow {
  readonly title: string;
  /** The kernel whose gradient this row is about. */
  readonly kernel: string;
  readonly inputs: readonly Given[];
  readonly compute: (...inputs: tf.Tensor[]) => tf.Tensor | readonly tf.Tensor[];
  /** Of a difference, to a part of the largest; 1e-3 where it is left out. */
  readonly tolerance?: number;
  /** Devices that TensorFlow.js gives no kernel for the forward pass. */
  readonly absentOn?: readonly ('tensorflow' | 'wasm' | 'cpu')[];
  /** Central differences show another value where the op has a kink, which the row is about. */
  readonly atKink?: readonly (readonly number[])[];
  /** Whether the gradient can't be differentiated again. */
  readonly onlyOnce?: boolean;
}

type Compute = OpRow['compute'];

/** A row. Options come last, because most rows have none. */
export function row(
  kernel: string,
  title: string,
  inputs: readonly Given[],
  compute: Compute,
  options: Omit<OpRow, 'kernel' | 'title' | 'inputs' | 'compute'> = {},
): OpRow {
  return { kernel, title, inputs, compute, ...options };
}

let seed = 0;

function draw(shape: readonly number[], next: (uniform: number) => number): Given {
  let state = (seed += 1) * 7919;
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return next(state / 2 ** 31 - 1);
  });
  return { shape, values };
}

/** Numbers in [-1, 1). */
export const any = (...shape: number[]): Given => draw(shape, (x) => x);

/** Numbers whose size is in [0.2, 1.2): away from a kink at 0. */
export const awayFromZero = (...shape: number[]): Given => draw(shape, (x) => x + Math.sign(x) * 0.2);

/** Numbers in [0.3, 2.3). */
export const positive = (...shape: number[]): Given => draw(shape, (x) => x + 1.3);

/** Numbers in [-0.8, 0.8). */
export const belowOne = (...shape: number[]): Given => draw(shape, (x) => 0.8 * x);

/** Numbers in [1.3, 3.3). */
export const aboveOne = (...shape: number[]): Given => draw(shape, (x) => x + 2.3);

/** Numbers that lie 0.15 apart, in a shuffled order: which is the largest does not change by a small step. */
export function distinct(...shape: number[]): Given {
  const order = any(...shape).values;
  const ranks = [...order.keys()].sort((a, b) => order[a]! - order[b]!);
  const values = new Float32Array(order.length);
  for (const [rank, at] of ranks.entries()) values[at] = 0.15 * (rank - (order.length - 1) / 2) + 0.02;
  return { shape, values };
}

/** These numbers. */
export const numbers = (values: readonly number[], ...shape: number[]): Given => ({
  shape: shape.length === 0 ? [values.length] : shape,
  values: Float32Array.from(values),
});

/** Whole numbers as a tensor of the device that is open. */
export const whole = (values: readonly number[], ...shape: number[]): tf.Tensor =>
  tf.tensor([...values], shape.length === 0 ? [values.length] : shape, 'int32');
