import * as tf from '@tensorflow/tfjs-core';
import type { GradientTable } from '../tape/gradient-table.ts';
import { alongAxis } from './along-axis.ts';

/**
 * Gradients of cumulative ops.
 *
 * `cumsum`: correct for every axis. tfjs-core's is transposed for all but the last.
 *
 * `cumprod`: correct for zeros too.
 */
export const cumulativeGradients: GradientTable = {
  [tf.Cumsum]: {
    of: ([dy], _, { axis, exclusive, reverse }) => ({
      x: () => tf.cumsum(dy!, axis as number, exclusive as boolean, reverse !== true),
    }),
  },
  [tf.Cumprod]: {
    inputsToSave: ['x'],
    of: ([dy], [x], { axis, exclusive, reverse }) => ({
      x: () =>
        alongAxis([x!, dy!], axis as number, ([values, flowing]) => {
          const turn = (rows: tf.Tensor): tf.Tensor => (reverse === true ? tf.reverse(rows, 1) : rows);
          return turn(cumprodGradient(turn(values!), turn(flowing!), exclusive === true));
        }),
    }),
  },
};

/**
 * `dx[k] = before[k] * behind[k]`: the product of all values before k, times `behind[k] = dy[k] + x[k + 1] *
 * behind[k + 1]`. There is no division, so zeros are correct. An exclusive product is that of one position less.
 *
 * @param x - `[rows, n]`, like dy
 */
function cumprodGradient(x: tf.Tensor, dy: tf.Tensor, exclusive: boolean): tf.Tensor {
  const before = tf.cumprod(x, 1, true);
  const behind = exclusive ? shift(recurrence(x, dy), 1) : recurrence(shift(x, 1), dy);
  return tf.mul(before, behind);
}

/**
 * Solves `y[k] = b[k] + a[k] * y[k + 1]` for all k in about log2(n) passes. Each pass joins neighbouring parts.
 *
 * @param a - `[rows, n]`, like b
 */
function recurrence(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  let [factors, sums] = [a, b];
  for (let reach = 1; reach < a.shape[1]!; reach *= 2) {
    sums = tf.add(sums, tf.mul(factors, shift(sums, reach)));
    factors = tf.mul(factors, shift(factors, reach));
  }
  return sums;
}

/** Shifts each row by `by` positions to the front, and adds zeros at the end. */
function shift(x: tf.Tensor, by: number): tf.Tensor {
  const [rows, n] = x.shape as [number, number];
  const count = Math.min(by, n);
  return tf.pad(tf.slice(x, [0, count], [rows, n - count]), [
    [0, 0],
    [0, count],
  ]);
}

/** For every position of `[rows, n]`, the product of all other values of its row. */
export function productsOfOthers(rows: tf.Tensor): tf.Tensor {
  return tf.mul(tf.cumprod(rows, 1, true, false), tf.cumprod(rows, 1, true, true));
}
