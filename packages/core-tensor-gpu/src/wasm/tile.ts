import type { TensorInfo } from '@tensorflow/tfjs-core';
import { input, type KernelCall } from './wasm-backend.ts';

type Values = Float32Array | Int32Array | Uint8Array;

/** Repeats a tensor along its axes by copying growing blocks. The stock kernel computes every index separately. */
export function tile(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const x = input(call, 'x');
  const reps = attrs['reps'] as readonly number[];
  const shape = x.shape.map((size, axis) => size * reps[axis]!);
  const result = backend.makeOutput(shape, x.dtype);
  const [from, to] = [backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(result)] as [Values, Values];
  if (to.length > 0) repeat(from, to, x.shape, reps, 0, 0, 0);
  return result;
}

/** Writes the values at `source`, from `axis` on, repeatedly to `target`. Returns the end positions in both. */
function repeat(
  from: Values,
  to: Values,
  shape: readonly number[],
  reps: readonly number[],
  axis: number,
  source: number,
  target: number,
): [source: number, target: number] {
  let [read, written] = [source, target];
  if (reps.slice(axis).every((count) => count === 1)) {
    const size = shape.slice(axis).reduce((product, length) => product * length, 1);
    to.set(from.subarray(read, read + size), written);
    [read, written] = [read + size, written + size];
  } else {
    for (let i = 0; i < shape[axis]!; i++) {
      [read, written] = repeat(from, to, shape, reps, axis + 1, read, written);
    }
  }
  const end = target + (written - target) * (reps[axis] ?? 1);
  while (written < end) {
    to.copyWithin(written, target, Math.min(written, target + end - written));
    written = Math.min(end, written + (written - target));
  }
  return [read, end];
}
