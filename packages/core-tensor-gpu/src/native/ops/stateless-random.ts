import * as tf from '@tensorflow/tfjs-core';
import { normalOfWords, uniformOfWords } from './compiled-random.ts';
import { isCompiling } from './compiling.ts';
import type { NativeBackend } from '../upstream/upstream.ts';

/** The Philox key and counter of a draw. Each 64-bit integer is given as two halves, the lower one first. */
export interface PhiloxPlace {
  readonly key: readonly [number, number];
  readonly block: readonly [number, number];
  /** The step as numbers, or as an int32 scalar on the device; then the upper half is 0. */
  readonly step: readonly [number, number] | tf.Scalar;
}

export type Distribution = 'uniform' | 'normal';

const kernels = { uniform: 'StatelessRandomUniformV2', normal: 'StatelessRandomNormalV2' } as const;

/** Draws a float32 tensor on the device with one of TensorFlow's stateless ops. */
export function drawStateless(
  distribution: Distribution,
  shape: readonly number[],
  place: PhiloxPlace,
): tf.Tensor {
  if (isCompiling()) return tf.tidy(() => drawCompiled(distribution, shape, place));
  return runOp(kernels[distribution], shape, place, 'TF_FLOAT');
}

/** Draws words, because XLA converts words to numbers differently. */
function drawCompiled(distribution: Distribution, shape: readonly number[], place: PhiloxPlace): tf.Tensor {
  const size = tf.util.sizeFromShape([...shape]);
  const words = runOp('StatelessRandomUniformFullIntV2', [size + (size % 2)], place, 'TF_INT32');
  const numbers = distribution === 'uniform' ? uniformOfWords(words) : normalOfWords(words);
  return tf.reshape(tf.slice(numbers, 0, size), [...shape]);
}

/** TensorFlow.js has no uint64, so key and counter are made from pairs of int32 in TensorFlow. */
function runOp(
  op: string,
  shape: readonly number[],
  place: PhiloxPlace,
  dtype: 'TF_FLOAT' | 'TF_INT32',
): tf.Tensor {
  const backend = tf.backend() as NativeBackend;
  const { binding } = backend;
  return withScratch(backend, (scratch) => {
    const key = scratch.uint64(scratch.int32([1, 2], place.key));
    const counter = scratch.uint64(scratch.pack([scratch.int32([2], place.block), stepOf(scratch, place)]));
    const algorithm = scratch.int32([], [philox]);
    const size = scratch.int32([shape.length], shape);
    const attributes = [
      { name: 'dtype', type: binding.TF_ATTR_TYPE, value: binding[dtype] },
      { name: 'Tshape', type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 },
    ] as const;
    const [drawn] = binding.executeOp(op, attributes, [size, key, counter, algorithm], 1);
    return backend.createOutputTensor(drawn!);
  });
}

const philox = 1;

function stepOf(scratch: Scratch, { step }: PhiloxPlace): number {
  if (!(step instanceof tf.Tensor)) return scratch.int32([2], step);
  return scratch.pack([scratch.idOf(step), scratch.int32([], [0])]);
}

/** TensorFlow tensors by number, freed after the draw. */
interface Scratch {
  int32(shape: readonly number[], words: readonly number[]): number;
  pack(ids: readonly number[]): number;
  /** Reinterprets pairs of int32 as uint64. */
  uint64(pairs: number): number;
  idOf(tensor: tf.Tensor): number;
}

function withScratch<T>(backend: NativeBackend, draw: (scratch: Scratch) => T): T {
  const { binding } = backend;
  const { TF_ATTR_INT: integer, TF_ATTR_TYPE: type, TF_INT32: int32, TF_UINT64: uint64 } = binding;
  const ids: number[] = [];
  const keep = (id: number): number => (ids.push(id), id);
  const packed = (count: number) =>
    [
      { name: 'N', type: integer, value: count },
      { name: 'T', type, value: int32 },
      { name: 'axis', type: integer, value: 0 },
    ] as const;
  const cast = [
    { name: 'T', type, value: int32 },
    { name: 'type', type, value: uint64 },
  ] as const;
  try {
    return draw({
      int32: (shape, words) => keep(binding.createTensor(shape, int32, Int32Array.from(words))),
      pack: (parts) => keep(binding.executeOp('Pack', packed(parts.length), parts, 1)[0]!.id),
      uint64: (pairs) => keep(binding.executeOp('Bitcast', cast, [pairs], 1)[0]!.id),
      idOf: (tensor) => backend.getInputTensorIds([tensor])[0]!,
    });
  } finally {
    for (const id of ids) binding.deleteTensor(id);
  }
}
