import * as tf from '@tensorflow/tfjs-core';

type GradFunc = tf.GradConfig['gradFunc'];

/** What is true or false does not change with its inputs: nothing flows back, as tfjs-core has it for `greaterEqual`. */
const zeros: GradFunc = (_, saved) =>
  Object.fromEntries(['a', 'b'].map((name, i) => [name, () => tf.zerosLike(saved[i]!)]));

const transposedConvolution3d: GradFunc = (given, saved, attributes) => {
  const [dy, filter] = saved as [tf.Tensor5D, tf.Tensor5D];
  const x = given as tf.Tensor5D;
  const { strides, pad } = attributes as unknown as tf.Conv3DBackpropInputV2Attrs;
  return {
    dy: () => tf.conv3d(x, filter, strides, pad),
    filter: () =>
      tf
        .engine()
        .runKernel<tf.Tensor>(
          tf.Conv3DBackpropFilterV2,
          { x, dy },
          { strides, pad, filterShape: filter.shape },
        ),
  };
};

const gradients: Readonly<Record<string, Omit<tf.GradConfig, 'kernelName'>>> = {
  ...Object.fromEntries(
    [tf.Equal, tf.Greater, tf.Less, tf.LessEqual, tf.NotEqual].map((name) => [
      name,
      { inputsToSave: ['a', 'b'], gradFunc: zeros },
    ]),
  ),
  [tf.Conv3DBackpropInputV2]: { inputsToSave: ['dy', 'filter'], gradFunc: transposedConvolution3d },
};

/** Registers gradients that tfjs-core has for none of its backends, though every backend can compute them. */
export function registerAbsentGradients(): void {
  for (const [kernelName, gradient] of Object.entries(gradients)) {
    if ((tf.getGradient(kernelName) as tf.GradConfig | undefined) !== undefined) continue;
    tf.registerGradient({ kernelName, ...gradient });
  }
}
