/** Tests of tfjs-core's that are left out here; tfjs-node leaves out each of them too, but
 * for one whose message is ours, and others that pass here. */
export interface Exclusion {
  /** Part of the test's full name. */
  readonly name: string;
  readonly reason: string;
}

const noKernel = [
  'bitwiseAnd',
  'denseBincount',
  'image.transform',
  'lowerBound',
  'maxPoolWithArgmax',
  'raggedGather',
  'raggedRange',
  'raggedTensorToTensor',
  'searchSorted',
  'sparseFillEmptyRows',
  'sparseReshape',
  'sparseSegmentMean',
  'sparseSegmentSum',
  'stringNGrams',
  'stringSplit',
  'stringToHashBucketFast',
  'upperBound',
];

const pooling = [
  'avgPool test-tensorflow {} x=[3,3,1] f=[3,3] s=1 p=explicit',
  'avgPool test-tensorflow {} x=[2,2,3] f=[2,2] s=3 p=1 default dimRoundingMode',
  'avgPool test-tensorflow {} x=[2,2,3] f=[1,1] s=2 p=1 dimRoundingMode=floor',
  'avgPool test-tensorflow {} x=[2,2,3] f=[2,2] s=3 p=1 dimRoundingMode=floor',
  'avgPool test-tensorflow {} x=[2,2,3] f=[2,2] s=3 p=1 dimRoundingMode=round',
  'avgPool test-tensorflow {} x=[2,2,3] f=[2,2] s=3 p=1 dimRoundingMode=ceil',
  'avgPool test-tensorflow {} gradient x=[3,3,1] f=[3,3] s=1 p=explicit',
  'avgPool3d test-tensorflow {} x=[1,2,2,2,1] f=[2,2,2] s=1 p=1 roundingMode=floor',
  'avgPool3d test-tensorflow {} x=[1,1,1,1,1] f=[2,2,2] s=1 p=2',
  'maxPool test-tensorflow {} x=[3,3,1] f=[3,3] s=1 p=explicit',
  'maxPool test-tensorflow {} x=[2,2,3] f=[2,2] s=3 p=1 default dimRoundingMode',
  'maxPool test-tensorflow {} x=[2,2,3] f=[1,1] s=2 p=1 dimRoundingMode=floor',
  'maxPool test-tensorflow {} x=[2,2,3] f=[2,2] s=3 p=1 dimRoundingMode=floor',
  'maxPool test-tensorflow {} x=[2,2,3] f=[2,2] s=3 p=1 dimRoundingMode=round',
  'maxPool test-tensorflow {} x=[2,2,3] f=[2,2] s=3 p=1 dimRoundingMode=ceil',
  'maxPoolBackprop test-tensorflow {} gradient x=[3,3,1] f=3 s=1 p=explicit',
  'maxPool3d test-tensorflow {} x=[1,2,2,2,1] f=[2,2,2] s=1 p=1 roundingMode=floor',
  'pool test-tensorflow {} max x=[3,3,1] f=[3,3] s=1 d=1 p=explicit',
  'pool test-tensorflow {} max x=[3,3,1] f=[3,3] s=3 d=1 p=explicit defualt dimRoundingMode',
  'pool test-tensorflow {} max x=[3,3,1] f=[3,3] s=3 d=1 p=explicit dimRoundingMode=floor',
  'pool test-tensorflow {} max x=[3,3,1] f=[3,3] s=3 d=1 p=explicit dimRoundingMode=round',
  'pool test-tensorflow {} max x=[3,3,1] f=[3,3] s=3 d=1 p=explicit dimRoundingMode=ceil',
  'pool test-tensorflow {} max x=[2,2,3] f=[1,1] s=2 p=1 fractional outputs default rounding',
  'pool test-tensorflow {} avg x=[3,3,1] f=[3,3] s=1 d=1 p=explicit',
  'pool test-tensorflow {} avg x=[3,3,1] f=[3,3] s=3 d=1 p=explicit defualt dimRoundingMode',
  'pool test-tensorflow {} avg x=[3,3,1] f=[3,3] s=3 d=1 p=explicit dimRoundingMode=floor',
  'pool test-tensorflow {} avg x=[3,3,1] f=[3,3] s=3 d=1 p=explicit dimRoundingMode=round',
  'pool test-tensorflow {} avg x=[3,3,1] f=[3,3] s=3 d=1 p=explicit dimRoundingMode=ceil',
  'pool test-tensorflow {} avg x=[2,2,3] f=[1,1] s=2 p=1 fractional outputs default rounding',
];

const fusedNchw = [
  'fused conv2d test-tensorflow {} basic in NCHW',
  'fused conv2d test-tensorflow {} im2row in NCHW',
  'fused conv2d test-tensorflow {} batch in NCHW',
];

const stringComparison = ['greaterEqual', 'greater', 'lessEqual', 'less'].map(
  (op) => `${op} test-tensorflow {} should support string comparison`,
);

const scatter = [
  'should work for 2d',
  'should work for simple 1d',
  'should work for multiple 1d',
  'should sum the duplicated indices',
  'should work for tensorLike input',
].map((test) => `scatterND test-tensorflow {} ${test}`);

const sign = ['basic', 'does not propagate NaNs', 'accepts a tensor-like object'].map(
  (test) => `sign test-tensorflow {} ${test}`,
);

export const exclusions: readonly Exclusion[] = [
  ...because('tfjs-node has no such kernel', noKernel),
  ...because('tfjs-node has no pooling with padding by numbers', pooling),
  ...because('tfjs-node has no fused convolution of NCHW', fusedNchw),
  ...because('TensorFlow compares no strings by order', stringComparison),
  ...because('TensorFlow wants updates of the shape that its documentation gives, not a scalar', scatter),
  ...because('TensorFlow gives NaN as the sign of NaN, where the test wants 0', sign),
  ...because("tfjs-node's transposed convolution has no padding by numbers", [
    'conv2dTranspose test-tensorflow {} input=3x3x1,d2=1,f=2,s=2,p=explicit',
    'conv2dTranspose test-tensorflow {} gradient input=[1,3,3,1] f=[2,2,2,1] s=[1,1] p=explicit',
  ]),
  ...because('the output shape is none that this convolution could have, and TensorFlow says so', [
    'conv2dTranspose test-tensorflow {} input=8x8x8,output=4x4x8,f=8,s=1,inDepth=8,p=same vec4',
  ]),
  ...because('TensorFlow refuses a window that is larger than its input', [
    'avgPool3d test-tensorflow {} x=[1,1,1,1,1] f=[1,1,3] s=1 p=valid',
  ]),
  ...because('TensorFlow has no such op for this element type', [
    'diag test-tensorflow {} bool',
    'leakyrelu test-tensorflow {} int32',
    'step kernel test-tensorflow {} with int32 tensor',
  ]),
  ...because("TensorFlow's Einsum takes what tfjs-core's own kernels refuse", [
    'einsum test-tensorflow {} 2d matrix calculate trace: duplicate axes not implemented yet',
    'einsum test-tensorflow {} nonexistent dimension throws error',
  ]),
  ...because('TensorFlow tells one NaN from another', [
    'unique test-tensorflow {} 1d tensor with NaN and Infinity',
  ]),
  ...because(
    'the same mistake is refused in words of ours, which core-tensor-gpu/test/native/gather.test.ts holds',
    ['gather test-tensorflow {} throws when index is out of bound'],
  ),
  ...because('the value lies beyond what float32 can hold', [
    'tan test-tensorflow {} numbers exceed float32 precision',
  ]),
];

/** Tests that are left out only where each op is a function. */
export const captureExclusions: readonly Exclusion[] = [
  ...because('a graph finds the same mistake earlier, in other words', [
    'einsum test-tensorflow {} mismatched dimensions throws error',
    'einsum test-tensorflow {} incorrect number of tensors throws error',
  ]),
  ...because("in a graph TensorFlow takes oneDNN's softmax, which passes over NaN", [
    'softmax test-tensorflow {} Propagates NaNs',
  ]),
];

function because(reason: string, names: readonly string[]): Exclusion[] {
  return names.map((name) => ({ name, reason }));
}
