import * as tf from '@tensorflow/tfjs-core';
import { poolingOf } from '../../geometry/pooling-windows.ts';
import type { Gradient, GradientTable } from '../tape/gradient-table.ts';
import { largestTap, lowest, windowsOf } from '../../geometry/windows.ts';

/**
 * Calls the kernel of a gradient with all attributes of the forward pass. tfjs-core leaves out how sizes are
 * rounded.
 */
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

/** The gradient of the gradient of average pooling is average pooling. */
function averageAgain(kernel: string): Gradient {
  return {
    inputsToSave: ['input'],
    of: ([ddx], [input], attributes) => ({
      dy: () => tf.engine().runKernel(kernel, { x: ddx! }, attributes as tf.NamedAttrMap),
      input: () => tf.zerosLike(input!),
    }),
  };
}

/** The gradient of max pooling writes values to the maxima. Its own gradient reads them there. */
function maximumAgain(axes: 2 | 3): Gradient {
  return {
    inputsToSave: ['dy', 'input', 'output'],
    of: ([ddx], [dy, input, output], attributes) => ({
      dy: () => {
        const { depth, rows, columns } = poolingOf(input!.shape, attributes, axes);
        const windows = [depth, rows, columns].slice(3 - axes);
        const largest = largestTap(windowsOf(input!, windows, lowest));
        return tf.reshape(tf.sum(tf.mul(largest, windowsOf(ddx!, windows, 0)), 0), dy!.shape);
      },
      input: () => tf.zerosLike(input!),
      output: () => tf.zerosLike(output!),
    }),
  };
}

/** Pooling with a rounding mode, pooling that returns positions, and second derivatives. */
export const poolingGradients: GradientTable = {
  [tf.AvgPool]: byKernel(tf.AvgPoolGrad, false),
  [tf.MaxPool]: byKernel(tf.MaxPoolGrad, true),
  [tf.MaxPoolWithArgmax]: byKernel(tf.MaxPoolGrad, true),
  [tf.AvgPoolGrad]: averageAgain(tf.AvgPool),
  [tf.AvgPool3DGrad]: averageAgain(tf.AvgPool3D),
  [tf.MaxPoolGrad]: maximumAgain(2),
  [tf.MaxPool3DGrad]: maximumAgain(3),
};
