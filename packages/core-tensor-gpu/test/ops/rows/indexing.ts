import * as tf from '@tensorflow/tfjs-core';
import { any, distinct, numbers, type OpRow, row, whole } from './op-row.ts';

type Slicing = readonly [
  title: string,
  shape: number[],
  begin: number[],
  end: number[],
  strides: number[],
  masks?: { begin?: number; end?: number; ellipsis?: number; newAxis?: number; shrink?: number },
];

const slicings: readonly Slicing[] = [
  ['every second', [7], [1], [7], [2]],
  ['every third backwards', [8], [-1], [0], [-3]],
  ['two axes, one backwards', [4, 5], [3, 1], [0, 5], [-2, 3]],
  ['all of an axis by masks', [4, 5], [2, 2], [3, 3], [1, -1], { begin: 2, end: 3 }],
  ['one dropped axis', [3, 4, 2], [1, 0, 0], [2, 4, 2], [1, 2, 1], { shrink: 1 }],
  ['a new axis', [3, 4], [0, 0, 1], [0, 3, 4], [1, 2, 2], { newAxis: 1 }],
  ['an ellipsis', [2, 3, 4, 5], [1, 0, 4], [2, 0, 0], [1, 1, -2], { ellipsis: 2 }],
  ['an ellipsis and a dropped axis', [2, 3, 4], [0, -2], [0, 0], [1, 1], { ellipsis: 1, shrink: 2 }],
  ['nothing', [4], [3], [1], [1]],
  ['strides beyond the end', [5, 3], [0, 0], [5, 3], [7, 2]],
];

const sliceRow = ([title, shape, begin, end, strides, masks = {}]: Slicing): OpRow =>
  row('StridedSlice', `stridedSlice: ${title}`, [any(...shape)], (x) => [
    tf.stridedSlice(
      x,
      begin,
      end,
      strides,
      masks.begin,
      masks.end,
      masks.ellipsis,
      masks.newAxis,
      masks.shrink,
    ),
    x,
  ]);

const distances = [0, 1, -1] as const;

export const indexingRows: readonly OpRow[] = [
  ...slicings.map(sliceRow),
  ...distances.map((axis) =>
    row('GatherV2', `gather along ${axis}`, [any(3, 2, 3)], (x) => tf.gather(x, whole([1, 0, 1]), axis)),
  ),
  row('GatherV2', 'gather by a matrix of places', [any(4, 2)], (x) =>
    tf.gather(x, whole([3, 0, 1, 3, 3, 2], 2, 3)),
  ),
  row('GatherV2', 'gather by a number', [any(4, 2)], (x) => tf.gather(x, tf.scalar(2, 'int32'))),
  row('GatherV2', 'gather of nothing', [any(4, 2)], (x) => [tf.gather(x, whole([], 0)), x]),
  row('GatherV2', 'gather with a batch axis', [any(2, 3, 2)], (x) =>
    tf.gather(x, whole([2, 0, 2, 1], 2, 2), 1, 1),
  ),
  row('GatherV2', 'gather with a batch axis and an axis between', [any(2, 2, 3)], (x) =>
    tf.gather(x, whole([2, 0, 2, 1, 1, 0], 2, 3), 2, 1),
  ),
  row('GatherV2', 'gather with two batch axes', [any(2, 2, 3)], (x) =>
    tf.gather(x, whole([2, 0, 2, 1, 1, 1, 0, 2], 2, 2, 2), 2, 2),
  ),
  row('GatherNd', 'gatherND of numbers', [any(3, 2)], (x) => tf.gatherND(x, whole([2, 1, 0, 0, 2, 1], 3, 2))),
  row('GatherNd', 'gatherND of rows', [any(3, 2, 2)], (x) => tf.gatherND(x, whole([2, 0, 2], 3, 1))),
  row('GatherNd', 'gatherND by two axes of places', [any(3, 2)], (x) =>
    tf.gatherND(x, whole([2, 0, 1, 1], 2, 2, 1)),
  ),
  row('ScatterNd', 'scatterND, one place twice', [any(3, 2)], (x) =>
    tf.scatterND(whole([1, 3, 1], 3, 1), x, [4, 2]),
  ),
  row('ScatterNd', 'scatterND of numbers', [any(3)], (x) =>
    tf.scatterND(whole([1, 0, 0, 1, 1, 1], 3, 2), x, [2, 2]),
  ),
  row('TensorScatterUpdate', 'tensorScatterUpdate', [any(4, 2), any(2, 2)], (x, updates) =>
    tf.tensorScatterUpdate(x, whole([3, 0], 2, 1), updates),
  ),
  row('TensorScatterUpdate', 'tensorScatterUpdate of numbers', [any(2, 3), any(2)], (x, updates) =>
    tf.tensorScatterUpdate(x, whole([0, 2, 1, 0], 2, 2), updates),
  ),
  row('TopK', 'topk', [distinct(3, 5)], (x) => tf.topk(x, 2).values),
  row('TopK', 'topk of three axes', [distinct(2, 2, 4)], (x) => tf.topk(x, 3).values),
  row('TopK', 'topk of all', [distinct(4)], (x) => tf.topk(x, 4).values),
  row('TopK', 'topk at ties', [numbers([2, 1, 2, 2])], (x) => tf.topk(x, 2).values, {
    atKink: [[weight(0), 0, weight(1), 0]],
  }),
  row('OneHot', 'oneHot of places beside values', [any(3, 2)], (x) =>
    tf.mul(tf.oneHot(whole([1, 0, 1]), 2), x),
  ),
  row('UnsortedSegmentSum', 'unsortedSegmentSum that leaves slices out', [any(6, 2)], (x) =>
    tf.unsortedSegmentSum(x, whole([2, 0, 2, -1, 1, 3]) as tf.Tensor1D, 4),
  ),
  row(
    'SparseSegmentSum',
    'sparseSegmentSum',
    [any(4, 2)],
    (x) =>
      tf.sparse.sparseSegmentSum(x, whole([0, 3, 3, 1]) as tf.Tensor1D, whole([0, 0, 1, 1]) as tf.Tensor1D),
    { absentOn: ['tensorflow'] },
  ),
  row(
    'SparseSegmentMean',
    'sparseSegmentMean',
    [any(4, 2)],
    (x) =>
      tf.sparse.sparseSegmentMean(
        x,
        whole([0, 3, 3, 1, 2]) as tf.Tensor1D,
        whole([0, 0, 0, 1, 1]) as tf.Tensor1D,
      ),
    { absentOn: ['tensorflow'] },
  ),
  row('SparseToDense', 'sparseToDense', [any(2), any()], (values, rest) =>
    tf.sparseToDense(
      whole([0, 1, 2, 0], 2, 2) as tf.Tensor2D,
      values as tf.Tensor1D,
      [3, 2],
      rest as tf.Scalar,
    ),
  ),
  row('SparseToDense', 'sparseToDense of one value', [any(), any()], (value, rest) =>
    tf.sparseToDense(whole([1, 4]) as tf.Tensor1D, value as tf.Scalar, [5], rest as tf.Scalar),
  ),
  ...(['Equal', 'Greater', 'Less', 'LessEqual', 'NotEqual'] as const).map((kernel) =>
    row(kernel, `a mask by ${kernel}`, [distinct(5), any(5)], (a, b) => {
      const compare = {
        Equal: tf.equal,
        Greater: tf.greater,
        Less: tf.less,
        LessEqual: tf.lessEqual,
        NotEqual: tf.notEqual,
      }[kernel];
      return tf.where(compare(a, 0.1), a, tf.mul(a, b));
    }),
  ),
  row('LogicalAnd', 'a mask by logicalAnd', [distinct(5)], (x) =>
    tf.where(tf.logicalAnd(tf.greater(x, -0.1), tf.less(x, 0.2)), x, tf.square(x)),
  ),
  row('LogicalOr', 'a mask by logicalOr', [distinct(5)], (x) =>
    tf.where(tf.logicalOr(tf.greater(x, 0.1), tf.less(x, -0.2)), x, tf.square(x)),
  ),
  row('LogicalNot', 'a mask by logicalNot', [distinct(5)], (x) =>
    tf.where(tf.logicalNot(tf.greater(x, 0)), x, tf.square(x)),
  ),
  row('All', 'a mask by all', [distinct(2, 3)], (x) =>
    tf.mul(x, tf.cast(tf.all(tf.greater(x, 9), 1, true), 'float32')),
  ),
  row('Any', 'a mask by any', [distinct(2, 3)], (x) =>
    tf.mul(x, tf.cast(tf.any(tf.greater(x, 0), 1, true), 'float32')),
  ),
  row(
    'SearchSorted',
    'searchSorted beside its values',
    [numbers([0, 1, 2], 1, 3), numbers([0.5, 1.5], 1, 2)],
    (a, b) => [tf.mul(tf.cast(tf.searchSorted(a, b), 'float32'), b), a],
    { absentOn: ['tensorflow'] },
  ),
];

function weight(at: number): number {
  return Math.fround(Math.sin(1.7 * at) + 0.3);
}
