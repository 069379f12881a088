import * as tf from '@tensorflow/tfjs-core';
import { compute, type StockCall } from './stock-backend.ts';

/** A slice with strides of either sign and all masks. The stock kernels read elsewhere once an axis is dropped. */
export function stridedSlice(call: StockCall): tf.TensorInfo {
  const { x } = call.inputs as { x: tf.TensorInfo };
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } =
    call.attrs as unknown as tf.StridedSliceAttrs;
  const taken = tf.slice_util.sliceInfo(
    x.shape,
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  const counts = taken.begin.map((from, axis) =>
    Math.max(0, Math.ceil((taken.end[axis]! - from) / taken.strides[axis]!)),
  );
  const steps = tf.util.computeStrides(x.shape);
  const size = tf.util.sizeFromShape(counts);
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

/** To the next place, the last axis first. */
function advance(place: number[], counts: readonly number[]): void {
  for (let axis = place.length - 1; axis >= 0; axis--) {
    place[axis]! += 1;
    if (place[axis]! < counts[axis]!) return;
    place[axis] = 0;
  }
}
