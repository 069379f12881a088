import * as tf from '@tensorflow/tfjs-core';
import { checkArgument, oneOf } from '@cantrip/errors';
import { type KernelName, kernelNames } from './kernel-names.ts';

/** A composition that stands in for a kernel that a backend lacks; the mark is read by other copies of this package too. */
export interface Composition extends tf.KernelConfig {
  readonly isComposition: true;
}

/**
 * The kernel that the current backend itself registered under one of our names; undefined where a composition does its
 * work.
 */
export function backendKernel(name: KernelName): tf.KernelConfig | undefined {
  const config = tf.getKernel(name, tf.getBackend()) as tf.KernelConfig | Composition | undefined;
  return config && !('isComposition' in config) ? config : undefined;
}

/**
 * Whether the current backend has a kernel of its own under one of our names, so that the function runs as one op.
 *
 * @throws CantripError OPTION_INVALID where it is none of {@link kernelNames}
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

/** Runs the backend's own kernel: ask {@link hasKernel} first. Attributes may be lists and typed arrays too. */
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
