/** What the work of an operation follows from: the shapes of its inputs and of its first output, and its attributes. */
export interface ShapedOperation {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly inputs: readonly (readonly number[])[];
  readonly output: readonly number[];
}

/**
 * The floating-point operations of a matrix product or a convolution, `2 m n k`.
 */
export function productFlop(op: string, operation: ShapedOperation): number {
  return flopOf[op]!(operation);
}

/** Whether an op is a matrix product or a convolution. A depthwise convolution is none, because memory holds it up. */
export const isProduct = (op: string): boolean => op in flopOf;

type Count = (operation: ShapedOperation) => number;

const matMul =
  (transposed: string): Count =>
  ({ inputs: [a = []], flags, output }) =>
    2 * sizeOf(output) * a.at(flags[transposed] === true ? -2 : -1)!;

const convolution = (y: readonly number[], filter: readonly number[]): number =>
  (2 * sizeOf(y) * sizeOf(filter)) / Math.max(filter.at(-1)!, 1);

const forward: Count = ({ inputs, output }) => convolution(output, inputs[1]!);
const ofInput: Count = ({ inputs }) => convolution(inputs[2]!, inputs[1]!);
const ofFilter: Count = ({ inputs, output }) => convolution(inputs[2]!, output);

const flopOf: Readonly<Partial<Record<string, Count>>> = {
  MatMul: matMul('transpose_a'),
  BatchMatMulV2: matMul('adj_x'),
  Conv2D: forward,
  Conv2DBackpropInput: ofInput,
  Conv2DBackpropFilter: ofFilter,
  Conv3D: forward,
  Conv3DBackpropInputV2: ofInput,
  Conv3DBackpropFilterV2: ofFilter,
};

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}
