import * as tf from '@tensorflow/tfjs-core';

/**
 * The filter gradient as one writes it first: a slice and a transposed product for every tap of the filter. With the
 * backend's own kernels for the rest, this is what training on wasm costs without ours.
 */
export const naiveFilterGradient: tf.KernelFunc = ({ inputs, attrs }) => {
  const { strides, pad, filterShape, dimRoundingMode } = attrs as unknown as {
    strides: [number, number];
    pad: 'same' | 'valid';
    filterShape: [number, number, number, number];
    dimRoundingMode: 'floor';
  };
  const [x, dy] = [asTensor(inputs['x']!), asTensor(inputs['dy']!)];
  const info = tf.backend_util.computeConv2DInfo(
    x.shape as never,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return tf.tidy(() => {
    const { top, bottom, left, right } = info.padInfo;
    const padded = tf.pad(x, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
    const taps: tf.Tensor[] = [];
    for (let i = 0; i < filterShape[0]; i++) {
      for (let j = 0; j < filterShape[1]; j++) {
        const seen = tap(padded, i, j, info);
        const columns = tf.reshape(dy, [-1, filterShape[3]]) as tf.Tensor2D;
        taps.push(tf.matMul(tf.reshape(seen, [-1, filterShape[2]]) as tf.Tensor2D, columns, true, false));
      }
    }
    return tf.reshape(tf.stack(taps), filterShape);
  });
};

/** The sum of the rows of each segment, which is the gradient of an embedding, as a product with a one-hot matrix. */
export const naiveSegmentSum: tf.KernelFunc = ({ inputs, attrs }) => {
  const [x, segments] = [asTensor(inputs['x']!), asTensor(inputs['segmentIds']!)];
  const { numSegments } = attrs as unknown as { readonly numSegments: number };
  return tf.tidy(() => {
    const oneHot = tf.cast(tf.oneHot(tf.reshape(segments, [-1]), numSegments), 'float32') as tf.Tensor2D;
    const rows = tf.reshape(x, [segments.size, -1]) as tf.Tensor2D;
    return tf.reshape(tf.matMul(oneHot, rows, true, false), [numSegments, ...x.shape.slice(segments.rank)]);
  });
};

function tap(padded: tf.Tensor, i: number, j: number, info: tf.backend_util.Conv2DInfo): tf.Tensor {
  const { batchSize, inChannels, outHeight, outWidth, strideHeight, strideWidth } = info;
  if (strideHeight === 1 && strideWidth === 1) {
    return tf.slice(padded, [0, i, j, 0], [batchSize, outHeight, outWidth, inChannels]);
  }
  const end = [
    batchSize,
    i + (outHeight - 1) * strideHeight + 1,
    j + (outWidth - 1) * strideWidth + 1,
    inChannels,
  ];
  return tf.stridedSlice(padded, [0, i, j, 0], end, [1, strideHeight, strideWidth, 1]);
}

/** The same values, shared with the tensor that the kernel was given. */
function asTensor({ dataId, shape, dtype }: tf.TensorInfo): tf.Tensor {
  tf.backend().incRef(dataId);
  return tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype });
}
