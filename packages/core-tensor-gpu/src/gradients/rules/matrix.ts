import * as tf from '@tensorflow/tfjs-core';
import type { GradientTable } from '../tape/gradient-table.ts';
import { unbroadcast } from '../tape/unbroadcast.ts';

/**
 * Gradients of a product of stacks of matrices that broadcast, for which tfjs-core throws, and of a diagonal matrix.
 */
export const matrixGradients: GradientTable = {
  [tf.BatchMatMul]: {
    inputsToSave: ['a', 'b'],
    of: ([dy], [a, b], { transposeA, transposeB }) => {
      const [turnedA, turnedB] = [transposeA === true, transposeB === true];
      const product = (x: tf.Tensor, y: tf.Tensor, turnX: boolean, turnY: boolean): tf.Tensor =>
        tf.matMul(x, y, turnX, turnY);
      return {
        a: () =>
          inShape(turnedA ? product(b!, dy!, turnedB, true) : product(dy!, b!, false, !turnedB), a!.shape),
        b: () =>
          inShape(turnedB ? product(dy!, a!, true, turnedA) : product(a!, dy!, !turnedA, false), b!.shape),
      };
    },
  },
  [tf.Diag]: {
    inputsToSave: ['x'],
    of: ([dy], [x]) => ({
      x: () => {
        const { size, shape } = x!;
        const square = tf.reshape(dy!, [size, size]);
        return tf.reshape(tf.sum(tf.mul(square, tf.eye(size)), 1), shape);
      },
    }),
  },
};

function inShape(product: tf.Tensor, shape: number[]): tf.Tensor {
  return tf.util.arraysEqual(product.shape, shape) ? product : unbroadcast(product, shape);
}
