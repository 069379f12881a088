import * as tf from '@tensorflow/tfjs-core';

/**
 * Trains one 3 x 3 convolution for one step of gradient descent, with the kernels of the open device.
 *
 * @returns the mean squared error before and after the step
 */
export function trainOneStep(): { readonly before: number; readonly after: number } {
  return tf.tidy(() => {
    const inputs = tf.reshape(tf.sin(tf.range(0, 2 * 8 * 8, 1, 'float32')), [2, 8, 8, 1]) as tf.Tensor4D;
    const wanted = tf.reshape(tf.cos(tf.range(0, 9, 1, 'float32')), [3, 3, 1, 1]) as tf.Tensor4D;
    const targets = tf.conv2d(inputs, wanted, 1, 'same');
    const filter = tf.zeros([3, 3, 1, 1]) as tf.Tensor4D;
    const before = tf.sub(tf.conv2d(inputs, filter, 1, 'same'), targets) as tf.Tensor4D;
    const attributes = {
      strides: 1,
      pad: 'same',
      dataFormat: 'NHWC',
      dimRoundingMode: undefined,
      filterShape: filter.shape,
    } as unknown as tf.NamedAttrMap;
    const gradient = tf
      .engine()
      .runKernel(
        tf.Conv2DBackpropFilter,
        { x: inputs, dy: tf.mul(before, 2 / targets.size) },
        attributes,
      ) as tf.Tensor4D;
    const after = tf.sub(tf.conv2d(inputs, tf.sub(filter, tf.mul(gradient, 0.1)), 1, 'same'), targets);
    return { before: meanSquare(before), after: meanSquare(after) };
  });
}

function meanSquare(difference: tf.Tensor): number {
  return tf.mean(tf.square(difference)).dataSync()[0]!;
}
