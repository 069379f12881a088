import type { ActivationDraw } from '../case.ts';

/** A matrix of float64, row by row, and what the loss changes by with each of its numbers. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
  readonly gradient: Float64Array;
}

export function matrix(rows: number, columns: number, values?: ArrayLike<number>): Matrix {
  const size = rows * columns;
  return {
    rows,
    columns,
    values: values ? Float64Array.from(values) : new Float64Array(size),
    gradient: new Float64Array(size),
  };
}

/** Kernel `[from, to]` and bias `[1, to]`. */
export interface DenseWeights {
  readonly kernel: Matrix;
  readonly bias: Matrix;
}

/** What is to be done backwards, from the last to the first. */
export type Tape = (() => void)[];

/** `activation(inputs @ kernel + bias)`. */
export function dense(
  tape: Tape,
  inputs: Matrix,
  { kernel, bias }: DenseWeights,
  activation: ActivationDraw,
): Matrix {
  const { rows, columns: from } = inputs;
  const to = kernel.columns;
  const outputs = matrix(rows, to);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < to; j++) {
      let sum = bias.values[j]!;
      for (let i = 0; i < from; i++) sum += inputs.values[row * from + i]! * kernel.values[i * to + j]!;
      outputs.values[row * to + j] = apply[activation](sum);
    }
  }
  tape.push(() => {
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < to; j++) {
        const at = row * to + j;
        const slope = outputs.gradient[at]! * slopeAt[activation](outputs.values[at]!);
        bias.gradient[j]! += slope;
        for (let i = 0; i < from; i++) {
          kernel.gradient[i * to + j]! += slope * inputs.values[row * from + i]!;
          inputs.gradient[row * from + i]! += slope * kernel.values[i * to + j]!;
        }
      }
    }
  });
  return outputs;
}

/** The sum of two matrices. */
export function add(tape: Tape, first: Matrix, second: Matrix): Matrix {
  const sum = matrix(
    first.rows,
    first.columns,
    first.values.map((value, at) => value + second.values[at]!),
  );
  tape.push(() => {
    sum.gradient.forEach((gradient, at) => {
      first.gradient[at]! += gradient;
      second.gradient[at]! += gradient;
    });
  });
  return sum;
}

const apply: Readonly<Record<ActivationDraw, (x: number) => number>> = {
  linear: (x) => x,
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  relu: (x) => Math.max(x, 0),
};

/** The derivative, told from what the activation gave. */
const slopeAt: Readonly<Record<ActivationDraw, (y: number) => number>> = {
  linear: () => 1,
  tanh: (y) => 1 - y * y,
  sigmoid: (y) => y * (1 - y),
  relu: (y) => (y > 0 ? 1 : 0),
};
