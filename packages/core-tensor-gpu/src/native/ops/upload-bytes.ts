import * as tf from '@tensorflow/tfjs-core';
import type { NativeBackend } from '../upstream/upstream.ts';

/** Copies bytes to TensorFlow as bytes, and converts them to float32 there. */
export function uploadBytesNatively(values: Uint8Array, shape: readonly number[]): tf.Tensor {
  const backend = tf.backend() as NativeBackend;
  const { binding } = backend;
  const bytes = binding.createTensor(shape, binding.TF_UINT8, values);
  try {
    const attributes = [
      { name: 'SrcT', type: binding.TF_ATTR_TYPE, value: binding.TF_UINT8 },
      { name: 'DstT', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
      { name: 'Truncate', type: binding.TF_ATTR_BOOL, value: false },
    ] as const;
    return backend.createOutputTensor(binding.executeOp('Cast', attributes, [bytes], 1)[0]!);
  } finally {
    binding.deleteTensor(bytes);
  }
}
