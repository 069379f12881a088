import * as tf from '@tensorflow/tfjs-core';
import { nativeOp } from '../native/ops/native-op.ts';
import { isCompiling } from '../native/ops/compiling.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';

/**
 * `tf.gather` with TensorFlow's own check of the indices. tfjs-node's kernel reads them to check them, so that no step
 * with indices of a batch (every embedding) can be recorded.
 *
 * TensorFlow checks on the processor alone: a GPU gives zeros for an index that lies outside, and XLA the nearest row.
 * There such a row is NaN, which ends in an infinite loss instead of a wrong one.
 */
export const gather: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const { x, indices } = inputs as { x: tf.Tensor; indices: tf.Tensor };
  const { axis, batchDims } = attrs as unknown as { axis: number; batchDims: number };
  const [parsedAxis] = tf.util.parseAxisParam(axis, x.shape) as [number];
  tf.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, parsedAxis, batchDims);
  return tf.tidy(() => {
    const gathered = nativeOp('GatherV2', [x, indices, tf.scalar(parsedAxis, 'int32')], {
      batch_dims: { int: batchDims },
      Tparams: { type: x.dtype },
      Tindices: { type: indices.dtype },
      Taxis: { type: 'int32' },
    });
    const checked = !isCompiling() && !(backend as NativeBackend).binding.isUsingGpuDevice();
    if (checked || x.dtype !== 'float32') return gathered;
    return withNaNs(gathered, indices, { size: x.shape[parsedAxis]!, axis: parsedAxis, batchDims });
  });
};

interface GatheredAxis {
  readonly size: number;
  readonly axis: number;
  readonly batchDims: number;
}

/** The indices' own axes stand at `axis`, after those that `x` and the indices share. */
function withNaNs(
  gathered: tf.Tensor,
  indices: tf.Tensor,
  { size, axis, batchDims }: GatheredAxis,
): tf.Tensor {
  const inside = tf.logicalAnd(tf.greaterEqual(indices, 0), tf.less(indices, size));
  const shared = indices.shape.slice(0, batchDims);
  const own = indices.shape.slice(batchDims);
  const before = new Array<number>(axis - batchDims).fill(1);
  const after = new Array<number>(gathered.rank - axis - own.length).fill(1);
  return tf.where(tf.reshape(inside, [...shared, ...before, ...own, ...after]), gathered, NaN);
}
