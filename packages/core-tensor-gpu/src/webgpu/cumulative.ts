import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from '../stock/stock-backend.ts';

/**
 * Running sums or products, by steps of 1, 2, 4, … places. The stock kernel writes the length of the axis into its
 * program, which it then uses for axes of any length.
 */
export function cumulative(
  { inputs, attrs }: StockCall,
  combine: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  neutral: 0 | 1,
): tf.TensorInfo {
  const x = inputs['x'] as tf.Tensor;
  const { axis, exclusive, reverse } = attrs as unknown as tf.CumsumAttrs;
  const at = axis < 0 ? axis + x.rank : axis;
  const size = x.shape[at] ?? 1;
  if (x.size === 0) return tf.clone(x);
  return tf.tidy(() => {
    const [outer, inner] = [x.shape.slice(0, at), x.shape.slice(at + 1)].map(tf.util.sizeFromShape) as [
      number,
      number,
    ];
    const moved = (y: tf.Tensor, by: number): tf.Tensor => {
      const kept = tf.slice(y, [0, reverse ? by : 0, 0], [outer, size - by, inner]);
      const margins: [number, number] = reverse ? [0, by] : [by, 0];
      return tf.pad(kept, [[0, 0], margins, [0, 0]], neutral);
    };
    let y: tf.Tensor = tf.reshape(x, [outer, size, inner]);
    // A kernel must not return its input.
    y = exclusive ? moved(y, 1) : tf.add(y, tf.zerosLike(y));
    for (let by = 1; by < size; by *= 2) y = combine(y, moved(y, by));
    return tf.reshape(y, x.shape);
  });
}
