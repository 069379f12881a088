import * as tf from '@tensorflow/tfjs-core';

/**
 * The images of tools/golden/pretrained.py: stripes and curves that any language computes alike, as
 * `(pixel - 127) / 128`.
 */
export function patternedImages([count, height, width]: readonly [number, number, number]): tf.Tensor4D {
  const values = new Float32Array(count * height * width * 3);
  let at = 0;
  for (let n = 0; n < count; n++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < 3; c++) {
          const curves = Math.floor((x * x * (c + 1)) / 16) + Math.floor((x * y) / (8 * (c + 1)));
          values[at++] = (((curves + y * (3 * n + 2) + 40 * n) % 256) - 127) / 128;
        }
  return tf.tensor4d(values, [count, height, width, 3]);
}
