import * as tf from '@tensorflow/tfjs-core';
import { checkArgument, oneOf } from '@cantrip/errors';
import { type KernelName, kernelNames } from './kernel-names.ts';

/** A composition that replaces a kernel that the backend lacks. Other copies of this package read the mark too. */
export interface Composition extends tf.KernelConfig {
  readonly isComposition: true;
}

/**
 * The kernel that the current backend registered under one of our names; undefined if a composition is used instead.
 */
export function backendKernel(name: KernelName): tf.KernelConfig | undefined {
  const config = tf.getKernel(name, tf.getBackend()) as tf.KernelConfig | Composition | undefined;
  return config && !('isComposition' in config) ? config : undefined;
}

/**
 * Returns whether the current backend has its own kernel under one of our names. If so, the function runs as one op.
 *
 * @throws CantripError OPTION_INVALID if the name is not one of {@link kernelNames}
 * @example
 * ```ts
 * hasKernel(kernelNames.sparseCrossEntropy); // true on TensorFlow, false on WebGL
 * ```
 */
export function hasKernel(name: KernelName): boolean {
  checkArgument('hasKernel', 'name', nameCheck, name);
  return backendKernel(name) !== undefined;
}

const nameCheck = oneOf(...Object.values(kernelNames));

/** Runs the backend's own kernel. Call {@link hasKernel} first. Attributes may also be lists and typed arrays. */
export function runBackendKernel(
  name: KernelName,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, unknown>> = {},
): tf.Tensor[] {
  const outputs: tf.Tensor | tf.Tensor[] = tf
    .engine()
    .runKernel(name, inputs, attributes as unknown as tf.NamedAttrMap);
  return Array.isArray(outputs) ? outputs : [outputs];
}
