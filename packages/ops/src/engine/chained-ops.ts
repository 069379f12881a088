import * as tf from '@tensorflow/tfjs-core';

type Method = (this: tf.Tensor, ...given: never[]) => unknown;

/**
 * Adds methods to tensors that tfjs-layers and tfjs-core's own gradients call (`x.flatten()`, `x.reshape(shape)`).
 *
 * tfjs-core alone has none. The package `@tensorflow/tfjs` imports them from `dist/public/chained_ops`, but Node
 * cannot load that file beside tfjs-core's bundle. Existing methods are not replaced.
 */
export function registerChainedOps(): void {
  for (const [name, value] of Object.entries({ ...sameNamed(), ...others })) {
    if (name in tf.Tensor.prototype) continue;
    // Writable, because `@tensorflow/tfjs` assigns to it when it is imported later.
    Object.defineProperty(tf.Tensor.prototype, name, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
}

/** Methods that call the op of the same name with the tensor as its first argument. */
const names =
  'abs acos acosh add all any argMax argMin asin asinh atan atan2 atanh avgPool batchToSpaceND batchNorm broadcastTo ' +
  'cast ceil clipByValue conv1d conv2d conv2dTranspose cos cosh cumprod cumsum depthToSpace depthwiseConv2d ' +
  'dilation2d div divNoNan dot elu equal erf euclideanNorm exp expandDims expm1 fft floor floorDiv gather greater ' +
  'greaterEqual ifft irfft isFinite isInf isNaN leakyRelu less lessEqual localResponseNormalization log log1p ' +
  'logSigmoid logSoftmax logSumExp logicalAnd logicalNot logicalOr logicalXor matMul max maxPool maximum mean min ' +
  'minimum mirrorPad mod mul neg norm notEqual oneHot onesLike pad pool pow prelu prod reciprocal relu relu6 reshape ' +
  'reverse rfft round rsqrt selu separableConv2d sigmoid sign sin sinh slice softmax softplus spaceToBatchND split ' +
  'sqrt square squaredDifference squeeze step stridedSlice sub sum tan tanh tile topk transpose unique ' +
  'unsortedSegmentSum unstack zerosLike';

function sameNamed(): Readonly<Record<string, Method>> {
  const ops = tf as unknown as Readonly<Record<string, (...given: unknown[]) => unknown>>;
  return Object.fromEntries(
    names.split(' ').map((name) => [
      name,
      function (this: tf.Tensor, ...given: unknown[]) {
        this.throwIfDisposed();
        return ops[name]!(this, ...given);
      },
    ]),
  );
}

const others: Readonly<Record<string, Method>> = {
  as1D() {
    return tf.reshape(this, [this.size]);
  },
  as2D(...shape: number[]) {
    return tf.reshape(this, shape);
  },
  as3D(...shape: number[]) {
    return tf.reshape(this, shape);
  },
  as4D(...shape: number[]) {
    return tf.reshape(this, shape);
  },
  as5D(...shape: number[]) {
    return tf.reshape(this, shape);
  },
  asScalar() {
    return tf.reshape(this, []);
  },
  asType(dtype: tf.DataType) {
    return tf.cast(this, dtype);
  },
  concat(others: tf.Tensor | tf.Tensor[], axis?: number) {
    return tf.concat([this, ...[others].flat()], axis);
  },
  flatten() {
    return tf.reshape(this, [this.size]);
  },
  reshapeAs(like: tf.Tensor) {
    return tf.reshape(this, like.shape);
  },
  resizeBilinear(size: [number, number], alignCorners?: boolean, halfPixelCenters?: boolean) {
    return tf.image.resizeBilinear(this as tf.Tensor3D, size, alignCorners, halfPixelCenters);
  },
  resizeNearestNeighbor(size: [number, number], alignCorners?: boolean, halfPixelCenters?: boolean) {
    return tf.image.resizeNearestNeighbor(this as tf.Tensor3D, size, alignCorners, halfPixelCenters);
  },
  stack(others: tf.Tensor | tf.Tensor[], axis?: number) {
    return tf.stack([this, ...[others].flat()], axis);
  },
  toBool() {
    return tf.cast(this, 'bool');
  },
  toFloat() {
    return tf.cast(this, 'float32');
  },
  toInt() {
    return tf.cast(this, 'int32');
  },
  where(condition: tf.Tensor, otherwise: tf.Tensor) {
    return tf.where(condition, this, otherwise);
  },
};
