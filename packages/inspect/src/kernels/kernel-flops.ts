import type { KernelRun } from './watch-kernels.ts';

type Sizes = readonly number[];

/**
 * The floating point operations of one kernel, of products alone: a multiplication and an addition are two.
 *
 * A kernel that is run by others, such as a product with a bias, is counted once.
 */
export function flopsOfKernel(kernel: KernelRun): number {
  const within = kernel.within.reduce((sum, one) => sum + flopsOfKernel(one), 0);
  return within > 0 ? within : (rules[kernel.name]?.(kernel) ?? 0);
}

const size = (shape: Sizes): number => shape.reduce((product, length) => product * length, 1);
type Rule = (kernel: KernelRun) => number;

const out = ({ outputShapes }: KernelRun): Sizes => outputShapes[0]!;
const first = ({ inputShapes }: KernelRun): Sizes => inputShapes[0]!;
const filter = ({ inputShapes }: KernelRun): Sizes => inputShapes[1]!;

/** Each output number is a sum over the kernel but its last axis, the outputs. */
const convolution: Rule = (kernel) => 2 * size(out(kernel)) * size(filter(kernel).slice(0, -1));
const depthwise: Rule = (kernel) => 2 * size(out(kernel)) * size(filter(kernel).slice(0, 2));
/** Each number of the first input is spread over the kernel but one axis, its own channel. */
const transposed: Rule = (kernel) => 2 * size(first(kernel)) * size(filter(kernel).slice(0, -1));

/** The first matrix has as many rows as the output; its other axis is summed over. */
const matMul: Rule = (kernel) =>
  2 * size(out(kernel)) * (size(first(kernel).slice(-2)) / out(kernel).at(-2)!);

/** One product for each value of all letters together. With more than two inputs, the pairs decide, so this is the most. */
const einsum: Rule = ({ attributes, inputShapes }) => {
  const terms = String(attributes['equation']).replaceAll(' ', '').split('->')[0]!.split(',');
  const sizes = new Map(
    terms.flatMap((term, i) => [...term].map((letter, at) => [letter, inputShapes[i]![at]!])),
  );
  return inputShapes.length < 2 ? 0 : 2 * size([...sizes.values()]);
};

const rules: Readonly<Record<string, Rule>> = {
  BatchMatMul: matMul,
  _FusedMatMul: matMul,
  Conv2D: convolution,
  FusedConv2D: convolution,
  Conv3D: convolution,
  DepthwiseConv2dNative: depthwise,
  FusedDepthwiseConv2D: depthwise,
  Conv2DBackpropInput: transposed,
  Conv3DBackpropInputV2: transposed,
  Einsum: einsum,
};
