import { type TensorInfo, UnsortedSegmentSum } from '@tensorflow/tfjs-core';
import { floats, input, integers, type KernelCall, requireFloat, zeros } from './wasm-backend.ts';

/**
 * Sums the slices of `x` that have the same segment: `out[s] = Σ over i with segmentIds[i] = s of x[i]`. This is the
 * gradient of `tf.gather`, and so of an embedding. Slices with a negative segment are skipped, as in TensorFlow.
 */
export function unsortedSegmentSum(call: KernelCall): TensorInfo {
  const { backend, attrs } = call;
  const [x, segmentIds] = [input(call, 'x'), input(call, 'segmentIds')];
  requireFloat(UnsortedSegmentSum, x);
  const numSegments = attrs['numSegments'] as number;
  const rank = segmentIds.shape.length;
  const result = zeros(backend, [numSegments, ...x.shape.slice(rank)]);
  const [values, sums, segments] = [
    floats(backend, x),
    floats(backend, result),
    integers(backend, segmentIds),
  ];
  const width = segments.length === 0 ? 0 : values.length / segments.length;
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i]!;
    if (segment < 0 || segment >= numSegments) continue;
    let source = i * width;
    let target = segment * width;
    for (const end = source + width; source < end; source++, target++) sums[target]! += values[source]!;
  }
  return result;
}
