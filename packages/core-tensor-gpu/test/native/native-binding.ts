import * as tf from '@tensorflow/tfjs-core';
import type { NativeBinding, TensorMetadata } from '../../src/native/eager-binding.ts';
import type { NativeBackend } from '../../src/native/upstream/upstream.ts';

/** The binding under tfjs-core's backend `tensorflow`. */
export function nativeBinding(): NativeBinding {
  return (tf.backend() as NativeBackend).binding;
}

/** Reads a result and frees it. */
export function take({ id }: TensorMetadata): unknown {
  const binding = nativeBinding();
  const values = binding.tensorDataSync(id);
  binding.deleteTensor(id);
  return Array.from(values as Iterable<unknown>);
}
