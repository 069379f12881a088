import * as tf from '@tensorflow/tfjs-core';
import type { NativeBackend } from '../native/upstream/upstream.ts';

interface Attributes {
  readonly numSamples: number;
  /** The caller's seed, or a number from `Math.random`. */
  readonly seed: number;
  readonly normalized: boolean;
}

/**
 * `tf.multinomial` with TensorFlow's stateless op, so equal seeds draw equal samples. tfjs-node calls the stateful
 * op, passes a fraction as the seed, and refuses probabilities.
 */
export const multinomial: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const given = inputs['logits'] as tf.Tensor;
  const { numSamples, seed, normalized } = attrs as unknown as Attributes;
  return tf.tidy(() => {
    const logits = normalized ? tf.log(given) : given;
    const operands = [logits, tf.scalar(numSamples, 'int32'), tf.tensor1d(halves(seed), 'int32')];
    return sample(backend as NativeBackend, operands, logits.dtype === 'int32');
  });
};

function sample(backend: NativeBackend, operands: readonly tf.Tensor[], integers: boolean): tf.Tensor {
  const { binding } = backend;
  const type = binding.TF_ATTR_TYPE;
  const attributes = [
    { name: 'T', type, value: integers ? binding.TF_INT32 : binding.TF_FLOAT },
    { name: 'Tseed', type, value: binding.TF_INT32 },
    { name: 'output_dtype', type, value: binding.TF_INT32 },
  ] as const;
  const ids = backend.getInputTensorIds(operands);
  return backend.createOutputTensor(binding.executeOp('StatelessMultinomial', attributes, ids, 1)[0]!);
}

/** The 64 bits of a number, the lower half first. Different numbers, however close, are different seeds. */
function halves(seed: number): Int32Array {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, seed, true);
  return Int32Array.of(bits.getInt32(0, true), bits.getInt32(4, true));
}
