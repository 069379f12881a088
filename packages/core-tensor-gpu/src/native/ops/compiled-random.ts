import * as tf from '@tensorflow/tfjs-core';
import type { NativeBackend } from '../upstream/upstream.ts';

/**
 * Uniform numbers in [0, 1) made of words as TensorFlow's kernel makes them: the 23 low bits over 2^23.
 *
 * XLA computes the same words as TensorFlow but takes the high bits of each, so a compiled step, which must draw what
 * every other one draws, makes its numbers itself.
 */
export function uniformOfWords(words: tf.Tensor): tf.Tensor {
  const backend = tf.backend() as NativeBackend;
  const { binding } = backend;
  const int32 = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 } as const;
  const ids = backend.getInputTensorIds([words, tf.scalar(0x7fffff, 'int32')]);
  const low = backend.createOutputTensor(binding.executeOp('BitwiseAnd', [int32], ids, 1)[0]!);
  return tf.mul(tf.cast(low, 'float32'), 2 ** -23);
}

/** Standard normal numbers made of an even number of words, by Box and Muller's formula as TensorFlow has it. */
export function normalOfWords(words: tf.Tensor): tf.Tensor {
  const [first, second] = tf.unstack(tf.reshape(uniformOfWords(words), [-1, 2]), 1) as [tf.Tensor, tf.Tensor];
  const radius = tf.sqrt(tf.mul(tf.log(tf.maximum(first, 1e-7)), -2));
  const angle = tf.mul(second, 2 * Math.PI);
  return tf.reshape(tf.stack([tf.mul(tf.sin(angle), radius), tf.mul(tf.cos(angle), radius)], 1), [-1]);
}
