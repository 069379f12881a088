import * as tf from '@tensorflow/tfjs-core';
import type { OpAttribute } from '../api/attributes.ts';
import type { NativeBinding } from '../eager/eager-binding.ts';
import type { NativeBackend } from '../upstream/upstream.ts';

/** An attribute of an op: a dtype, a number, a string or a boolean. */
export type NativeAttribute =
  | { readonly type: tf.DataType }
  | { readonly float: number }
  | { readonly int: number }
  | { readonly text: string }
  | { readonly bool: boolean };

/** TensorFlow's kernels by the names that `@cantrip/ops` uses. */
export type OwnKernels = Readonly<
  Record<
    string,
    (
      inputs: Readonly<Record<string, tf.Tensor | undefined>>,
      attributes: Readonly<Record<string, unknown>>,
    ) => tf.Tensor[]
  >
>;

interface OpRunner extends NativeBackend {
  getDTypeInteger(dtype: tf.DataType): number;
  executeMultipleOutputs(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly tf.Tensor[],
    outputCount: number,
  ): tf.Tensor[];
}

/** Whether ops run on TensorFlow now. Both native devices are tfjs-core's backend `tensorflow`. */
export function onNativeDevice(): boolean {
  return tf.getBackend() === 'tensorflow';
}

/** Runs a TensorFlow op by its name. tfjs-core's tape does not record it. */
export function nativeOps(
  name: string,
  inputs: readonly tf.Tensor[],
  attributes: Readonly<Record<string, NativeAttribute>>,
  outputCount: number,
): tf.Tensor[] {
  const backend = tf.backend() as OpRunner;
  return backend.executeMultipleOutputs(name, nativeAttributes(attributes), inputs, outputCount);
}

/** {@link nativeOps} for an op with one output. */
export function nativeOp(
  name: string,
  inputs: readonly tf.Tensor[],
  attributes: Readonly<Record<string, NativeAttribute>> = { T: { type: 'float32' } },
): tf.Tensor {
  return nativeOps(name, inputs, attributes, 1)[0] as tf.Tensor;
}

/** Attributes in the form of the binding. */
export function nativeAttributes(attributes: Readonly<Record<string, NativeAttribute>>): OpAttribute[] {
  // Read at each call, because recording a step replaces the binding of the backend.
  const backend = tf.backend() as OpRunner;
  return Object.entries(attributes).map(([key, value]) => opAttribute(backend, key, value));
}

function opAttribute(backend: OpRunner, name: string, value: NativeAttribute): OpAttribute {
  const binding: NativeBinding = backend.binding;
  if ('type' in value) {
    return { name, type: binding.TF_ATTR_TYPE, value: backend.getDTypeInteger(value.type) };
  }
  if ('float' in value) return { name, type: binding.TF_ATTR_FLOAT, value: value.float };
  if ('int' in value) return { name, type: binding.TF_ATTR_INT, value: value.int };
  if ('text' in value) return { name, type: binding.TF_ATTR_STRING, value: value.text };
  return { name, type: binding.TF_ATTR_BOOL, value: value.bool };
}
