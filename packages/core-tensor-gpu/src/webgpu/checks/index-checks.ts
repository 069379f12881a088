import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { indexOutOfRange } from '../../device/index-out-of-range.ts';
import type { StockCall } from '../../stock/stock-backend.ts';
import { checkLater } from './later-checks.ts';

type Check = (call: StockCall) => void;

/** Indices of one axis of this size. */
function checkRows(backend: unknown, indices: tf.TensorInfo, size: number): void {
  const strides = tf.util.computeStrides(indices.shape);
  checkLater(backend, indices, (values) => {
    const at = values.findIndex((index) => index < 0 || index >= size);
    if (at === -1) return;
    const place = tf.util.indexToLoc(at, indices.shape.length, strides);
    throw indexOutOfRange(String(values[at]), size, place.join(','));
  });
}

/** Indices of several axes: each row of the last axis is a position in a tensor of this shape. */
const checkPositions =
  (who: string, positions: string, shapeOf: (call: StockCall) => readonly number[]): Check =>
  (call) => {
    const indices = call.inputs[positions]!;
    const shape = shapeOf(call);
    const length = indices.shape.length < 2 && who !== 'gatherND' ? 1 : indices.shape.at(-1)!;
    checkLater(call.backend, indices, (values) => {
      const at = values.findIndex((index, i) => index < 0 || index >= shape[i % length]!);
      if (at === -1) return;
      const start = at - (at % length);
      const position = Array.from(values.subarray(start, start + length));
      throw new CantripError('INDEX_OUT_OF_RANGE', {
        who,
        what: `the position [${position.join(', ')}] is not inside the shape [${shape.join(', ')}]`,
        fix: 'Use indices that are at least 0 and below the size of their axis',
      });
    });
  };

const gather: Check = ({ inputs, attrs, backend }) => {
  const { x, indices } = inputs as { x: tf.TensorInfo; indices: tf.TensorInfo };
  const axis = tf.util.parseAxisParam((attrs as unknown as tf.GatherV2Attrs).axis, x.shape)[0]!;
  checkRows(backend, indices, x.shape[axis]!);
};

/** The stock kernel reads the segments on the host, because the shape of the result depends on them. */
const segments =
  (who: string): Check =>
  ({ inputs, backend }) => {
    const { data, indices, segmentIds } = inputs as Record<'data' | 'indices' | 'segmentIds', tf.TensorInfo>;
    const rows = data.shape[0]!;
    const refuse = (what: string, fix: string): never => {
      throw new CantripError('INDEX_OUT_OF_RANGE', { who, what, fix });
    };
    checkLater(backend, indices, (values) => {
      const bad = values.find((index) => index < 0 || index >= rows);
      if (bad !== undefined)
        refuse(`index ${bad} is not in [0, ${rows})`, `Use integers in [0, ${rows}), or more rows of data`);
    });
    checkLater(backend, segmentIds, (ids) => {
      const bad = ids.findIndex((id, i) => id < 0 || (i > 0 && id < ids[i - 1]!));
      if (bad !== -1)
        refuse(
          `segment ${ids[bad]} at [${bad}] is negative or comes after a larger one`,
          'Sort the segments, and begin with 0 or more',
        );
    });
  };

/** Kernels that read or write at given indices. The stock programs take any, and give 0 or another row. */
export const indexChecks: Readonly<Record<string, Check>> = {
  [tf.GatherV2]: gather,
  [tf.GatherNd]: checkPositions('gatherND', 'indices', ({ inputs }) => inputs['params']!.shape),
  [tf.ScatterNd]: checkPositions('scatterND', 'indices', ({ attrs }) => attrs['shape'] as number[]),
  [tf.SparseSegmentMean]: segments('sparse.sparseSegmentMean'),
  [tf.SparseSegmentSum]: segments('sparse.sparseSegmentSum'),
  [tf.SparseToDense]: checkPositions(
    'sparseToDense',
    'sparseIndices',
    ({ attrs }) => attrs['outputShape'] as number[],
  ),
  [tf.TensorScatterUpdate]: checkPositions(
    'tensorScatterUpdate',
    'indices',
    ({ inputs }) => inputs['tensor']!.shape,
  ),
};
