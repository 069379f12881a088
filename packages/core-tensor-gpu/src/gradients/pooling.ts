import * as tf from '@tensorflow/tfjs-core';
import type { Gradient, GradientTable } from './gradient-table.ts';

interface PoolAttributes extends tf.NamedAttrMap {
  readonly filterSize: [number, number];
  readonly strides: [number, number];
  readonly pad: 'valid' | 'same' | number;
}

/** The kernel of a gradient, with all that the forward pass was told: tfjs-core leaves out how a size is rounded. */
function byKernel(gradientKernel: string, withOutput: boolean): Gradient {
  return {
    inputsToSave: ['x'],
    outputsToSave: [withOutput],
    of: ([dy], [x, y], attributes) => ({
      x: () => {
        const inputs = { dy: dy!, input: x!, ...(withOutput && { output: y! }) };
        return tf.engine().runKernel(gradientKernel, inputs, attributes as tf.NamedAttrMap);
      },
    }),
  };
}

/** The gradient of an average's gradient is the average. */
function averageAgain(kernel: string): Gradient {
  return {
    inputsToSave: ['input'],
    of: ([ddx], [input], attributes) => ({
      dy: () => tf.engine().runKernel(kernel, { x: ddx! }, attributes as PoolAttributes),
      input: () => tf.zerosLike(input!),
    }),
  };
}

/** Pooling with a rounding mode; and averages differentiated twice. */
export const poolingGradients: GradientTable = {
  [tf.AvgPool]: byKernel(tf.AvgPoolGrad, false),
  [tf.MaxPool]: byKernel(tf.MaxPoolGrad, true),
  [tf.AvgPoolGrad]: averageAgain(tf.AvgPool),
  [tf.AvgPool3DGrad]: averageAgain(tf.AvgPool3D),
};
