import * as tf from '@tensorflow/tfjs-core';

/** tfjs-node names the whole of tfjs; its backend and kernels need tfjs-core alone. */
export * from '@tensorflow/tfjs-core';

/** tfjs-node's classes are written for ES5 and call their base as a function, which a class of today refuses. */
export const KernelBackend: object = Object.assign(function () {}, { prototype: tf.KernelBackend.prototype });
