import * as tf from '@tensorflow/tfjs-core';

/** The windows along one axis of images. */
export interface WindowAxis {
  readonly size: number;
  readonly windows: number;
  readonly window: number;
  readonly stride: number;
  readonly before: number;
  readonly rate?: number;
}

/**
 * `[taps, places, channels]`: the values below each tap of each window, or `outside` if there is no pixel.
 *
 * @param x - `[batch, …axes, channels]`
 */
export function windowsOf(x: tf.Tensor, axes: readonly WindowAxis[], outside: number): tf.Tensor3D {
  const channels = x.shape.at(-1)!;
  const margins = axes.map(({ size, windows, window, stride, before, rate = 1 }) => [
    before,
    Math.max(0, (windows - 1) * stride + (window - 1) * rate + 1 - size - before),
  ]);
  const padded = tf.pad(x, [[0, 0], ...margins, [0, 0]] as [number, number][], outside);
  const taps = tapsOf(axes).map((tap) =>
    tf.reshape(
      tf.stridedSlice(
        padded,
        [0, ...tap, 0],
        [x.shape[0]!, ...tap.map((at, i) => at + (axes[i]!.windows - 1) * axes[i]!.stride + 1), channels],
        [1, ...axes.map(({ stride }) => stride), 1],
      ),
      [-1, channels],
    ),
  );
  return tf.stack(taps) as tf.Tensor3D;
}

/** The positions in a window, the last axis first. */
function tapsOf(axes: readonly WindowAxis[]): number[][] {
  return axes.reduce<number[][]>(
    (taps, { window, rate = 1 }) =>
      taps.flatMap((tap) => Array.from({ length: window }, (_, i) => [...tap, i * rate])),
    [[]],
  );
}

/** 1 at the tap with the largest value of each window, the first one if several are equal. */
export function largestTap(windows: tf.Tensor3D): tf.Tensor3D {
  const [taps] = windows.shape;
  const numbers = tf.reshape(tf.range(0, taps, 1, 'int32'), [taps, 1, 1]);
  return tf.cast(tf.equal(tf.expandDims(tf.argMax(windows, 0), 0), numbers), 'float32') as tf.Tensor3D;
}

/** A float32 number below every value of an image. */
export const lowest = -3e38;
