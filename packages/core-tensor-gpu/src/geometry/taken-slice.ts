import * as tf from '@tensorflow/tfjs-core';

/** The attributes of `tf.stridedSlice`. */
export interface StridedSliceAttributes {
  readonly begin: number[];
  readonly end: number[];
  readonly strides: number[];
  readonly beginMask: number;
  readonly endMask: number;
  readonly ellipsisMask: number;
  readonly newAxisMask: number;
  readonly shrinkAxisMask: number;
}

/** The part of each axis that a strided slice takes: without new axes, and with axes that are dropped. */
export interface TakenSlice {
  readonly begin: readonly number[];
  readonly strides: readonly number[];
  readonly counts: readonly number[];
  /** The output shape: with new axes, and without dropped axes. */
  readonly finalShape: readonly number[];
}

export function takenSlice(shape: number[], attributes: StridedSliceAttributes): TakenSlice {
  const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes;
  const taken = tf.slice_util.sliceInfo(
    shape,
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
  return { begin: taken.begin, strides: taken.strides, counts, finalShape: taken.finalShape };
}
