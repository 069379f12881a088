import * as tf from '@tensorflow/tfjs-core';

import { type HostTensor, normalizeBytes } from '@cantrip/ops';
import { isHostTensor } from '@cantrip/plugin-kit';
import { typeAttribute } from './graph/graph.ts';
import type { Pointer } from '../native/api/c-api.ts';
import { dataTypes } from '../native/api/dtype.ts';
import type { NativeBackend } from '../native/upstream/upstream.ts';
import type { GraphOutput } from '../native/api/graph-api.ts';
import type { Recorder } from './recorder-contract.ts';

/** An input of a captured step: a tensor of the device, numbers of the host, or one number (float32). */
export type Feed = tf.Tensor | HostTensor | number;

/** A tensor handle to pass to the function. A fresh handle is freed after the call. */
export interface FedHandle {
  readonly pointer: Pointer;
  readonly fresh?: number;
}

export function isFeed(value: unknown): value is Feed {
  return typeof value === 'number' || value instanceof tf.Tensor || isHostTensor(value);
}

/** The tensor of the graph that the step uses for an input. Bytes become float32 inside the graph. */
export function symbolOf(
  feed: Feed,
  recorder: Recorder,
  backend: NativeBackend,
): { symbol: tf.Tensor; output: GraphOutput } {
  const { dtype, shape } = layoutOf(feed, backend);
  const placeholder = recorder.placeholder(dtype, shape);
  if (dtype !== dataTypes.TF_UINT8) {
    return { symbol: backend.createOutputTensor(placeholder), output: placeholder.output };
  }
  const attributes = [typeAttribute('SrcT', dtype), typeAttribute('DstT', dataTypes.TF_FLOAT)];
  const cast = backend.binding.executeOp('Cast', attributes, [placeholder.id], 1)[0]!;
  const { normalization } = feed as HostTensor;
  const symbol = tf.tidy(() => normalizeBytes(backend.createOutputTensor(cast), normalization));
  return { symbol, output: placeholder.output };
}

/** The handle of an input, for one call. */
export function handleOfFeed(feed: Feed, backend: NativeBackend): FedHandle {
  const { binding } = backend;
  if (feed instanceof tf.Tensor) {
    return { pointer: binding.handleOf(backend.getInputTensorIds([feed])[0]!, 'capture') };
  }
  const { dtype, shape } = layoutOf(feed, backend);
  const values = typeof feed === 'number' ? Float32Array.of(feed) : feed.values;
  const fresh = binding.createTensor(shape, dtype, values);
  return { pointer: binding.handleOf(fresh, 'capture'), fresh };
}

const normalizations = new WeakMap<object, string>();

/** Inputs with equal signatures use the same recording. */
export function signatureOfFeed(feed: Feed): string {
  if (typeof feed === 'number') return 'number';
  if (feed instanceof tf.Tensor) return `${feed.dtype}[${feed.shape}]`;
  return `${feed.values.constructor.name}[${feed.shape}]${normalizationKey(feed.normalization)}`;
}

/** Scale and offset are constants of the recording. */
function normalizationKey(normalization: HostTensor['normalization']): string {
  if (!normalization) return '';
  let key = normalizations.get(normalization);
  if (key === undefined) normalizations.set(normalization, (key = JSON.stringify(normalization)));
  return key;
}

function layoutOf(feed: Feed, backend: NativeBackend): { dtype: number; shape: readonly number[] } {
  if (typeof feed === 'number') return { dtype: dataTypes.TF_FLOAT, shape: [] };
  if (feed instanceof tf.Tensor) {
    return {
      dtype: backend.binding.describe(backend.getInputTensorIds([feed])[0]!).dtype,
      shape: feed.shape,
    };
  }
  const { values, shape } = feed;
  if (values instanceof Uint8Array) return { dtype: dataTypes.TF_UINT8, shape };
  return { dtype: values instanceof Int32Array ? dataTypes.TF_INT32 : dataTypes.TF_FLOAT, shape };
}
