import * as tf from '@tensorflow/tfjs-core';
import type { Gradient, GradientTable } from '../tape/gradient-table.ts';
import { productsOfOthers } from './cumulative.ts';

/** Divides the gradient evenly between all equal extremes, as TensorFlow and PyTorch's `amax` do. */
function ofExtreme(attribute: string): Gradient {
  return {
    inputsToSave: ['x'],
    outputsToSave: [true],
    of: ([dy], [x, y], attributes) => ({
      x: () => {
        const { axes, kept } = reducedAxes(x!, attributes[attribute]);
        const extreme = tf.cast(tf.equal(x!, tf.reshape(y!, kept)), 'float32');
        return tf.mul(tf.div(extreme, tf.sum(extreme, axes, true)), tf.reshape(dy!, kept));
      },
    }),
  };
}

/**
 * Gradients of reductions:
 *
 * - A largest or smallest value that occurs several times: tfjs-core gives each occurrence the whole gradient.
 * - A product over any axes: tfjs-core's gradient calls tensor methods that Node's build does not have.
 */
export const reductionGradients: GradientTable = {
  [tf.Max]: ofExtreme('reductionIndices'),
  [tf.Min]: ofExtreme('axis'),
  [tf.Prod]: {
    inputsToSave: ['x'],
    of: ([dy], [x], { axis }) => ({
      x: () => {
        const { axes, kept } = reducedAxes(x!, axis);
        const others = [...x!.shape.keys()].filter((at) => !axes.includes(at));
        const order = [...others, ...axes];
        const last = axes.reduce((size, at) => size * x!.shape[at]!, 1);
        const outer = tf.util.sizeFromShape(others.map((at) => x!.shape[at]!));
        const rows = tf.reshape(tf.transpose(x!, order), [outer, last]);
        const products = tf.reshape(
          productsOfOthers(rows),
          order.map((at) => x!.shape[at]!),
        );
        const back = [...order.keys()].map((at) => order.indexOf(at));
        return tf.mul(tf.transpose(products, back), tf.reshape(dy!, kept));
      },
    }),
  },
};

function reducedAxes(x: tf.Tensor, axis: unknown): { readonly axes: number[]; readonly kept: number[] } {
  const axes = tf.util.parseAxisParam((axis ?? null) as number[], x.shape);
  return { axes, kept: x.shape.map((size, at) => (axes.includes(at) ? 1 : size)) };
}
