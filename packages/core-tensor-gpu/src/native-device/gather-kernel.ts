import * as tf from '@tensorflow/tfjs-core';
import { nativeOp } from '../native/ops/native-op.ts';
import { isCompiling } from '../native/ops/compiling.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';

/**
 * `tf.gather` with TensorFlow's own check of the indices.
 *
 * tfjs-node's kernel reads the indices to check them, so a step that gathers with indices of a batch (every
 * embedding) cannot be recorded. TensorFlow checks only on the CPU: a GPU returns zeros for an index out of range,
 * and XLA the nearest row. On these, this kernel returns NaN for such a row. Then the loss is NaN instead of
 * silently wrong.
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

/** The axes of the indices start at `axis`, after the axes that `x` and the indices share. */
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
