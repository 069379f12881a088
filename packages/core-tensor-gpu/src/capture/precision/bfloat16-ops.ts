import type { OpAttribute } from '../../native/api/attributes.ts';

/** How an op is computed in a step of mixed precision. */
export interface Bfloat16Op {
  /** The inputs that become bfloat16. The others, e.g. sizes or the scales of a normalisation, stay as they are. */
  readonly inputs: (count: number) => readonly number[];
  /**
   * `always`: a matrix product or a convolution. `following`: only where the inputs that decide are bfloat16 already,
   * because it changes each number by itself. `moving`: likewise, and no number changes.
   */
  readonly when: 'always' | 'following' | 'moving';
  /** The inputs that decide; by default all that become bfloat16. */
  readonly decides?: readonly number[];
  /**
   * Whether the result is a sum over the examples, the gradient of a kernel. Then it is float32 from there on, so that
   * what is added to it is added in float32.
   */
  readonly sumsExamples?: (attributes: readonly OpAttribute[]) => boolean;
}

const these =
  (...inputs: number[]) =>
  () =>
    inputs;
const allBut =
  (last: number) =>
  (count: number): readonly number[] =>
    Array.from({ length: count - last }, (_, index) => index);
const isSet =
  (name: string) =>
  (attributes: readonly OpAttribute[]): boolean =>
    attributes.some((attribute) => attribute.name === name && attribute.value === true);

const product = (...inputs: number[]): Bfloat16Op => ({ inputs: these(...inputs), when: 'always' });
const kernelGradient = (...inputs: number[]): Bfloat16Op => ({
  ...product(...inputs),
  sumsExamples: () => true,
});
const follows = (...inputs: number[]): Bfloat16Op => ({ inputs: these(...inputs), when: 'following' });
const moves = (...inputs: number[]): Bfloat16Op => ({ inputs: these(...inputs), when: 'moving' });
/** The gradient goes where the forward pass went. */
const gradient = (feature: number, ...inputs: number[]): Bfloat16Op => ({
  ...follows(...inputs),
  decides: [feature],
});

/**
 * The ops of a step that are computed in bfloat16. All others are float32: losses, softmax, exponentials, means and sums,
 * the statistics of batch normalisation, and every update of a variable.
 */
export const bfloat16Ops: Readonly<Partial<Record<string, Bfloat16Op>>> = {
  MatMul: { ...product(0, 1), sumsExamples: isSet('transpose_a') },
  BatchMatMulV2: { ...product(0, 1), sumsExamples: isSet('adj_x') },
  Conv2D: product(0, 1),
  Conv2DBackpropInput: product(1, 2),
  Conv2DBackpropFilter: kernelGradient(0, 2),
  Conv3D: product(0, 1),
  Conv3DBackpropInputV2: product(1, 2),
  Conv3DBackpropFilterV2: kernelGradient(0, 2),

  BiasAdd: { ...follows(0, 1), decides: [0] },
  Add: follows(0, 1),
  Relu: follows(0),
  LeakyRelu: follows(0),
  ReluGrad: gradient(1, 0, 1),
  LeakyReluGrad: gradient(1, 0, 1),
  FusedBatchNormV3: follows(0),
  FusedBatchNormGradV3: gradient(1, 0, 1),
  MaxPool: follows(0),
  MaxPoolGrad: gradient(0, 0, 1, 2),
  AvgPool: follows(0),
  AvgPoolGrad: follows(1),

  Identity: moves(0),
  Reshape: moves(0),
  ExpandDims: moves(0),
  Squeeze: moves(0),
  Transpose: moves(0),
  Slice: moves(0),
  StridedSlice: moves(0),
  Pad: moves(0),
  PadV2: { ...moves(0, 2), decides: [0] },
  SplitV: moves(0),
  Unpack: moves(0),
  Pack: { inputs: allBut(0), when: 'moving' },
  ConcatV2: { inputs: allBut(1), when: 'moving' },
};
