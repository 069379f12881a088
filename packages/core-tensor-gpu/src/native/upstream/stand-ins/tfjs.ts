import * as tf from '@tensorflow/tfjs-core';

/** Replaces `@tensorflow/tfjs`, which tfjs-node imports. Its backend and kernels need only tfjs-core. */
export * from '@tensorflow/tfjs-core';

/** A base class that can be called as a function. tfjs-node's ES5 classes do that, but modern classes refuse it. */
export const KernelBackend: object = Object.assign(function () {}, { prototype: tf.KernelBackend.prototype });
