import * as tf from '@tensorflow/tfjs-core';
import { nativeOp } from '../native/ops/native-op.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';

/**
 * The gradient of a 1x1 filter as one matrix product, `x^T dy` over all pixels.
 *
 * On the processor, TensorFlow's own op first reorders its inputs, and takes longer for nearly every shape. cuDNN has
 * kernels of its own, so a GPU keeps the op.
 *
 * @returns undefined if it is not such a product: other filters, strides or paddings
 */
export function pointwiseFilterGradient({
  inputs,
  attrs,
}: Parameters<tf.KernelFunc>[0]): tf.Tensor | undefined {
  const { x, dy } = inputs as { x: tf.Tensor; dy: tf.Tensor };
  const { strides, dataFormat, filterShape } = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
  if (!isPointwise(filterShape) || !isOne(strides) || dataFormat !== 'NHWC') return undefined;
  if (x.dtype !== 'float32' || dy.dtype !== 'float32' || !samePixels(x, dy)) return undefined;
  if ((tf.backend() as NativeBackend).binding.isUsingGpuDevice()) return undefined;
  return tf.tidy(() => {
    const pixels = [x, dy].map((images) => tf.reshape(images, [-1, images.shape.at(-1)!]));
    const product = nativeOp('MatMul', pixels, {
      T: { type: 'float32' },
      transpose_a: { bool: true },
      transpose_b: { bool: false },
    });
    return tf.reshape(product, filterShape);
  });
}

const isPointwise = ([height, width]: readonly number[]): boolean => height === 1 && width === 1;

const isOne = (strides: number | readonly number[]): boolean =>
  [strides].flat().every((stride) => stride === 1);

/** Not so with padding around the image. No pixels at all can't be reshaped to `[-1, channels]`. */
const samePixels = (x: tf.Tensor, dy: tf.Tensor): boolean =>
  x.size > 0 && dy.size > 0 && x.shape.slice(0, 3).join() === dy.shape.slice(0, 3).join();
