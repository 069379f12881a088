import * as tf from '@tensorflow/tfjs-core';
import { type StridedSliceAttributes, takenSlice } from '../geometry/taken-slice.ts';
import { compute, type StockCall } from './stock-backend.ts';

/**
 * A strided slice, for strides of either sign and all masks. The stock kernels read wrong memory if an axis is
 * dropped.
 */
export function stridedSlice(call: StockCall): tf.TensorInfo {
  const { x } = call.inputs as { x: tf.TensorInfo };
  const taken = takenSlice(x.shape, call.attrs as unknown as StridedSliceAttributes);
  const { counts } = taken;
  const steps = tf.util.computeStrides(x.shape);
  const size = tf.util.sizeFromShape([...counts]);
  return compute(call, [x], taken.finalShape, (result, values) => {
    const place = counts.map(() => 0);
    for (let i = 0; i < size; i++) {
      let source = 0;
      for (const [axis, at] of place.entries()) {
        source += (taken.begin[axis]! + at * taken.strides[axis]!) * (steps[axis] ?? 1);
      }
      result[i] = values![source]!;
      advance(place, counts);
    }
  });
}

/** Moves to the next position, the last axis first. */
function advance(place: number[], counts: readonly number[]): void {
  for (let axis = place.length - 1; axis >= 0; axis--) {
    place[axis]! += 1;
    if (place[axis]! < counts[axis]!) return;
    place[axis] = 0;
  }
}
