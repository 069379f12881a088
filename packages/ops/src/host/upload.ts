import { type Check, checkArgument, isPlainObject } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, runBackendKernel } from '../kernels/backend-kernel.ts';
import { requireTensor } from '../fused/require-tensor.ts';
import { kernelNames } from '../kernels/kernel-names.ts';
import { checkFactors, checkHostTensor } from './check-host-tensor.ts';
import type { HostTensor, Normalization } from './host-tensor.ts';

/**
 * Copies host numbers to the current backend.
 *
 * float32 and int32 are copied unchanged. Bytes are copied as bytes if the device can do that (a quarter of the
 * traffic), and become float32 there: `value * scale + offset`. Each factor is one number, or one number for each
 * channel.
 *
 * @throws CantripError SHAPE_MISMATCH if the shape does not match the number of values, or the factors do not match
 *   the channels
 * @example
 * ```ts
 * const image = { values: new Uint8Array([0, 51]), shape: [1, 2], normalization: { scale: 1 / 255, offset: 0 } };
 * upload(image); // [[0, 0.2]], float32
 * ```
 */
export function upload(tensor: HostTensor): tf.Tensor {
  checkArgument('upload', 'tensor', hostTensorCheck, tensor);
  checkHostTensor('upload', '', tensor);
  const { values, shape, normalization } = tensor;
  if (values instanceof Int32Array) return tf.tensor(values, [...shape], 'int32');
  if (values instanceof Float32Array) return tf.tensor(values, [...shape], 'float32');
  return tf.tidy(() => normalizeBytes(uploadBytes(values, shape), normalization));
}

const hostTensorCheck: Check<HostTensor> = (given) =>
  isPlainObject(given) ? undefined : 'must be { values, shape }';

function uploadBytes(values: Uint8Array, shape: readonly number[]): tf.Tensor {
  if (hasKernel(kernelNames.uploadBytes)) {
    return runBackendKernel(kernelNames.uploadBytes, {}, { values, shape })[0]!;
  }
  return tf.tensor(Float32Array.from(values), [...shape], 'float32');
}

/**
 * Computes `value * scale + offset`.
 *
 * @param bytes - float32, the channels last
 * @throws CantripError OPTION_INVALID, DTYPE_MISMATCH or SHAPE_MISMATCH
 */
export function normalizeBytes(bytes: tf.Tensor, normalization: Normalization | undefined): tf.Tensor {
  requireTensor('normalizeBytes', 'bytes', bytes);
  if (normalization === undefined) return bytes;
  checkFactors('normalizeBytes', '', bytes.shape, normalization);
  const { scale, offset } = normalization;
  const scaled = tf.mul(bytes, factor(scale));
  return offset === 0 ? scaled : tf.add(scaled, factor(offset));
}

const factor = (value: number | readonly number[]): tf.Tensor =>
  typeof value === 'number' ? tf.scalar(value) : tf.tensor1d([...value]);
