import * as tf from '@tensorflow/tfjs-core';
import type { NativeBackend } from '../upstream/upstream.ts';

/**
 * Converts words to uniform numbers in [0, 1) as TensorFlow's kernel does: the 23 low bits over 2^23. XLA computes
 * the same words but uses the high bits. A compiled step must draw the same numbers as any other step, so it
 * converts the words itself.
 */
export function uniformOfWords(words: tf.Tensor): tf.Tensor {
  const backend = tf.backend() as NativeBackend;
  const { binding } = backend;
  const int32 = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 } as const;
  const ids = backend.getInputTensorIds([words, tf.scalar(0x7fffff, 'int32')]);
  const low = backend.createOutputTensor(binding.executeOp('BitwiseAnd', [int32], ids, 1)[0]!);
  return tf.mul(tf.cast(low, 'float32'), 2 ** -23);
}

/** Converts an even number of words to standard normal numbers with Box and Muller's formula, as TensorFlow does. */
export function normalOfWords(words: tf.Tensor): tf.Tensor {
  const [first, second] = tf.unstack(tf.reshape(uniformOfWords(words), [-1, 2]), 1) as [tf.Tensor, tf.Tensor];
  const radius = tf.sqrt(tf.mul(tf.log(tf.maximum(first, 1e-7)), -2));
  const angle = tf.mul(second, 2 * Math.PI);
  return tf.reshape(tf.stack([tf.mul(tf.sin(angle), radius), tf.mul(tf.cos(angle), radius)], 1), [-1]);
}
