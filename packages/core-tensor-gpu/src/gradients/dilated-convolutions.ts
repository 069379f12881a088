import * as tf from '@tensorflow/tfjs-core';
import { replaceGradient } from '../fused/replace-gradient.ts';

/** A convolution with stride 1, which is all that tfjs-core has with dilations. */
interface Dilated {
  readonly x: tf.Tensor;
  readonly filter: tf.Tensor;
  /** How far apart the taps of the filter lie, axis by axis. */
  readonly dilations: number[];
  /** Zeros before and after the input, axis by axis. */
  readonly padding: readonly [number, number][];
}

/** The kernels that give the gradients of a convolution without dilations. */
interface Kernels {
  readonly input: string;
  readonly filter: string;
}

/** Gives convolutions with dilations a gradient, which tfjs-core refuses. */
export function differentiateDilatedConvolutions(): void {
  replaceGradient('dilated', tf.Conv2D, (before) => ({
    gradFunc: (dy, saved, attributes) => {
      const { pad, dataFormat, dilations } = attributes as unknown as tf.Conv2DAttrs;
      const sides = sidesOf(dilations, 2);
      if (dataFormat !== 'NHWC' || isOne(sides)) return before.gradFunc(dy, saved, attributes);
      const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
      const { padInfo } = tf.backend_util.computeConv2DInfo(
        x.shape,
        filter.shape,
        1,
        dilations,
        pad as 'same',
      );
      const { top, bottom, left, right } = padInfo;
      const padding: [number, number][] = [
        [top, bottom],
        [left, right],
      ];
      return gradientsOf(dy as tf.Tensor, { x, filter, dilations: sides, padding }, conv2dKernels);
    },
  }));
  replaceGradient('dilated', tf.Conv3D, (before) => ({
    gradFunc: (dy, saved, attributes) => {
      const { pad, dilations } = attributes as unknown as tf.Conv3DAttrs;
      const sides = sidesOf(dilations, 3);
      if (isOne(sides)) return before.gradFunc(dy, saved, attributes);
      const [x, filter] = saved as [tf.Tensor5D, tf.Tensor5D];
      const { padInfo } = tf.backend_util.computeConv3DInfo(x.shape, filter.shape, 1, dilations, pad);
      const { front, back, top, bottom, left, right } = padInfo;
      const padding: [number, number][] = [
        [front, back],
        [top, bottom],
        [left, right],
      ];
      return gradientsOf(dy as tf.Tensor, { x, filter, dilations: sides, padding }, conv3dKernels);
    },
  }));
}

const conv2dKernels: Kernels = { input: tf.Conv2DBackpropInput, filter: tf.Conv2DBackpropFilter };
const conv3dKernels: Kernels = { input: tf.Conv3DBackpropInputV2, filter: tf.Conv3DBackpropFilterV2 };

const sidesOf = (dilations: number | readonly number[], rank: number): number[] =>
  typeof dilations === 'number' ? Array.from({ length: rank }, () => dilations) : [...dilations];

const isOne = (sides: readonly number[]): boolean => sides.every((side) => side === 1);

/**
 * Deals the input out so that taps which lie `dilation` apart become neighbours, as `spaceToBatchND` does, and takes
 * the gradients of the convolution without dilations that is left.
 */
function gradientsOf(
  dy: tf.Tensor,
  { x, filter, dilations, padding }: Dilated,
  kernels: Kernels,
): { x: () => tf.Tensor; filter: () => tf.Tensor } {
  // Each axis must be a multiple of its dilation.
  const extra = padding.map(([before, after], axis) => {
    const rest = (before + x.shape[axis + 1]! + after) % dilations[axis]!;
    return rest === 0 ? 0 : dilations[axis]! - rest;
  });
  const padded = padding.map(([before, after], axis) => [before, after + extra[axis]!]);
  const dealtShape = [
    x.shape[0]! * dilations.reduce((product, side) => product * side, 1),
    ...dilations.map((side, axis) => (padded[axis]![0]! + x.shape[axis + 1]! + padded[axis]![1]!) / side),
    x.shape.at(-1)!,
  ];
  const dealtDy = tf.spaceToBatchND(
    dy,
    dilations,
    extra.map((after) => [0, after]),
  );
  const attributes = { strides: dilations.map(() => 1), pad: 'valid', dataFormat: 'NHWC' };
  return {
    x: () => {
      const given = { dy: dealtDy, filter };
      const dealt = tf
        .engine()
        .runKernel<tf.Tensor>(kernels.input, given, { ...attributes, inputShape: dealtShape });
      return tf.batchToSpaceND(dealt, dilations, padded);
    },
    filter: () => {
      const given = { x: tf.spaceToBatchND(x, dilations, padded), dy: dealtDy };
      return tf
        .engine()
        .runKernel<tf.Tensor>(kernels.filter, given, { ...attributes, filterShape: filter.shape });
    },
  };
}
