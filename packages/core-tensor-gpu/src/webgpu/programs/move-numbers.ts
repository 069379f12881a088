import * as tf from '@tensorflow/tfjs-core';
import { type StridedSliceAttributes, takenSlice } from '../../geometry/taken-slice.ts';
import type { StockCall } from '../../stock/stock-backend.ts';
import { runProgram } from './program.ts';

/** Where the numbers of a result are in the input: at `first`, and `steps` apart along each axis of `counts`. */
interface Places {
  readonly first: number;
  readonly counts: readonly number[];
  readonly steps: readonly number[];
  /** After how many numbers of an axis they begin again. */
  readonly periods?: readonly number[];
}

/** Copies numbers of any type, bit by bit, for any number of axes. */
function moveNumbers(
  { backend }: StockCall,
  x: tf.TensorInfo,
  { first, counts, steps, periods = counts }: Places,
  shape: readonly number[],
): tf.TensorInfo {
  const axes = counts.length;
  const numbers = Object.fromEntries([
    ['first', first],
    ...counts.map((count, axis) => [`count${axis}`, count] as const),
    ...steps.map((step, axis) => [`step${axis}`, step] as const),
    ...periods.map((period, axis) => [`period${axis}`, period] as const),
  ]) as Record<string, number>;
  const along = Array.from({ length: axes }, (_, i) => axes - 1 - i).map(
    (axis) => `
      place += rest % uniforms.count${axis} % uniforms.period${axis} * uniforms.step${axis};
      rest /= uniforms.count${axis};`,
  );
  const code = `var rest = index; var place = uniforms.first; ${along.join('')} result[index] = A[place];`;
  return runProgram(backend, { name: `move${axes}`, code, inputs: [x], shape, dtype: x.dtype, numbers });
}

const stepsOf = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => tf.util.sizeFromShape(shape.slice(axis + 1)));

/** `tf.stridedSlice`, for strides of either sign and all masks. */
export function stridedSlice(call: StockCall): tf.TensorInfo {
  const { x } = call.inputs as { x: tf.TensorInfo };
  const taken = takenSlice(x.shape, call.attrs as unknown as StridedSliceAttributes);
  const steps = stepsOf(x.shape);
  const places = {
    first: taken.begin.reduce((sum, at, axis) => sum + at * (steps[axis] ?? 1), 0),
    counts: taken.counts,
    steps: taken.strides.map((stride, axis) => stride * (steps[axis] ?? 1)),
  };
  return moveNumbers(call, x, places, taken.finalShape);
}

/** `tf.slice`. */
export function slice(call: StockCall): tf.TensorInfo {
  const x = call.inputs['x'] as tf.Tensor;
  const { begin, size } = call.attrs as unknown as tf.SliceAttrs;
  const [from, sizes] = tf.slice_util.parseSliceParams(x, begin, size) as [number[], number[]];
  tf.slice_util.assertParamsValid(x, from, sizes);
  const steps = stepsOf(x.shape);
  const first = from.reduce((sum, at, axis) => sum + at * steps[axis]!, 0);
  return moveNumbers(call, x, { first, counts: sizes, steps }, sizes);
}

/** `tf.transpose`. */
export function transpose(call: StockCall): tf.TensorInfo {
  const x = call.inputs['x'] as tf.TensorInfo;
  const { perm } = call.attrs as unknown as tf.TransposeAttrs;
  const steps = stepsOf(x.shape);
  const shape = perm.map((axis) => x.shape[axis]!);
  return moveNumbers(call, x, { first: 0, counts: shape, steps: perm.map((axis) => steps[axis]!) }, shape);
}

/** `tf.reverse`. */
export function reverse(call: StockCall): tf.TensorInfo {
  const x = call.inputs['x'] as tf.TensorInfo;
  const dims = tf.util.parseAxisParam((call.attrs as unknown as tf.ReverseAttrs).dims, x.shape);
  const steps = stepsOf(x.shape);
  const first = dims.reduce((sum, axis) => sum + (x.shape[axis]! - 1) * steps[axis]!, 0);
  const signed = steps.map((step, axis) => (dims.includes(axis) ? -step : step));
  return moveNumbers(call, x, { first, counts: x.shape, steps: signed }, x.shape);
}

/** `tf.tile`. */
export function tile(call: StockCall): tf.TensorInfo {
  const x = call.inputs['x'] as tf.TensorInfo;
  const { reps } = call.attrs as unknown as tf.TileAttrs;
  const shape = x.shape.map((size, axis) => size * reps[axis]!);
  const places = { first: 0, counts: shape, steps: stepsOf(x.shape), periods: x.shape };
  return moveNumbers(call, x, places, shape);
}
