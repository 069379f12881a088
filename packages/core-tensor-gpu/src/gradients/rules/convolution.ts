import * as tf from '@tensorflow/tfjs-core';
import type { Gradient, GradientTable } from '../tape/gradient-table.ts';
import { gatherSpread, spread } from './spread.ts';

/** The kernels of one kind of convolution. */
interface Kernels {
  readonly forward: string;
  readonly toInput: string;
  readonly toFilter: string;
  /** The number of window axes of the filter. */
  readonly axes: 2 | 3;
}

const plain: Kernels = {
  forward: tf.Conv2D,
  toInput: tf.Conv2DBackpropInput,
  toFilter: tf.Conv2DBackpropFilter,
  axes: 2,
};
const depthwise: Kernels = {
  forward: tf.DepthwiseConv2dNative,
  toInput: tf.DepthwiseConv2dNativeBackpropInput,
  toFilter: tf.DepthwiseConv2dNativeBackpropFilter,
  axes: 2,
};
const spatial: Kernels = {
  forward: tf.Conv3D,
  toInput: tf.Conv3DBackpropInputV2,
  toFilter: tf.Conv3DBackpropFilterV2,
  axes: 3,
};

type Attributes = Readonly<Record<string, unknown>>;

function run(kernel: string, inputs: Record<string, tf.Tensor>, attributes: Attributes): tf.Tensor {
  return tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap);
}

/**
 * The three products of a convolution. Each is the gradient of the others. A dilated convolution uses a filter with
 * zeros in between, because tfjs-core refuses to differentiate it.
 */
function gradientsOf({ forward, toInput, toFilter, axes }: Kernels): Record<string, Gradient> {
  const rates = ({ dilations }: Attributes): number[] =>
    typeof dilations === 'number'
      ? new Array<number>(axes).fill(dilations)
      : ((dilations as number[] | undefined) ?? new Array<number>(axes).fill(1)).slice(-axes);
  const widen = (filter: tf.Tensor, attributes: Attributes): tf.Tensor =>
    rates(attributes).reduce((wide, rate, axis) => spread(wide, axis, rate), filter);
  const narrow = (filter: tf.Tensor, attributes: Attributes): tf.Tensor =>
    rates(attributes).reduce((wide, rate, axis) => gatherSpread(wide, axis, rate), filter);
  const undilated = (attributes: Attributes): Attributes => ({
    ...attributes,
    dilations: new Array<number>(axes).fill(1),
  });
  const inputOf = (dy: tf.Tensor, filter: tf.Tensor, inputShape: number[], given: Attributes): tf.Tensor =>
    run(toInput, { dy, filter }, { ...undilated(given), inputShape });
  const filterOf = (x: tf.Tensor, dy: tf.Tensor, filterShape: number[], given: Attributes): tf.Tensor =>
    run(toFilter, { x, dy }, { ...undilated(given), filterShape });
  return {
    [forward]: {
      inputsToSave: ['x', 'filter'],
      of: ([dy], [x, filter], attributes) => ({
        x: () => inputOf(dy!, widen(filter!, attributes), x!.shape, attributes),
        filter: () => {
          const shape = filter!.shape.map((size, axis) =>
            axis < axes ? (size - 1) * rates(attributes)[axis]! + 1 : size,
          );
          return narrow(filterOf(x!, dy!, shape, attributes), attributes);
        },
      }),
    },
    [toInput]: {
      inputsToSave: ['dy', 'filter'],
      of: ([ddx], [dy, filter], attributes) => ({
        dy: () => run(forward, { x: ddx!, filter: filter! }, undilated(attributes)),
        filter: () => filterOf(ddx!, dy!, filter!.shape, attributes),
      }),
    },
    [toFilter]: {
      inputsToSave: ['x', 'dy'],
      of: ([ddw], [x, dy], attributes) => ({
        x: () => inputOf(dy!, ddw!, x!.shape, attributes),
        dy: () => run(forward, { x: x!, filter: ddw! }, undilated(attributes)),
      }),
    },
  };
}

export const convolutionGradients: GradientTable = {
  ...gradientsOf(plain),
  ...gradientsOf(depthwise),
  ...gradientsOf(spatial),
};
