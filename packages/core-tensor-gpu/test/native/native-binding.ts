import * as tf from '@tensorflow/tfjs-core';
import { attributeTypes } from '../../src/native/api/attributes.ts';
import { dataTypes } from '../../src/native/api/dtype.ts';
import type { NativeBinding, TensorMetadata } from '../../src/native/eager/eager-binding.ts';
import type { NativeBackend } from '../../src/native/upstream/upstream.ts';

/**
 * The binding under tfjs-core's backend `tensorflow`. Where that is absent, its numbers alone: the body of a
 * `describe` runs although its tests are left out.
 */
export function nativeBinding(): NativeBinding {
  const backend = tf.findBackend('tensorflow') as NativeBackend | null;
  return backend?.binding ?? ({ ...dataTypes, ...attributeTypes } as NativeBinding);
}

/** Reads a result and frees it. */
export function take({ id }: TensorMetadata): unknown {
  const binding = nativeBinding();
  const values = binding.tensorDataSync(id);
  binding.deleteTensor(id);
  return Array.from(values as Iterable<unknown>);
}
