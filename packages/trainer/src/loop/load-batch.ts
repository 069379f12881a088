import * as tf from '@tensorflow/tfjs-core';
import { type HostBatch, type HostTensor, type HostTensors, upload } from '@cantrip/core-tensor-gpu';
import { CantripError, describe } from '@cantrip/errors';
import { batchSize, entriesOf } from '../model/tensor-trees.ts';
import type { Batch, Tensors } from '../plugins/plugin.ts';

/** A batch on the device. */
export interface LoadedBatch {
  readonly batch: Batch;
  readonly size: number;
  /** Frees what was uploaded; tensors that came as tensors stay their owner's. */
  dispose(): void;
}

/**
 * Brings a batch onto the device. Bytes that are targets become int32, for they are class indices.
 *
 * @throws CantripError DATA_EMPTY, SHAPE_MISMATCH or OPTION_INVALID
 */
export function loadBatch(given: HostBatch | Batch): LoadedBatch {
  if (typeof given !== 'object' || given === null || !('inputs' in given) || !('targets' in given)) {
    throw new CantripError('OPTION_INVALID', {
      who: 'trainer',
      what: `a batch must be { inputs, targets }, got ${describe(given)}`,
      fix: 'Yield { inputs, targets } from batches()',
    });
  }
  const owned: tf.Tensor[] = [];
  const inputs = loadTensors(given.inputs, owned, (host) => host);
  const targets = loadTensors(given.targets, owned, indicesFromBytes);
  const loaded = { batch: { inputs, targets }, size: batchSize(inputs), dispose: () => tf.dispose(owned) };
  try {
    checkSizes(loaded);
  } catch (error) {
    loaded.dispose();
    throw error;
  }
  return loaded;
}

/** Host tensors on the device, and tensors as they are; what was uploaded is added to `owned`. */
export function loadTensors(
  given: HostTensors | Tensors,
  owned: tf.Tensor[],
  prepare: (host: HostTensor) => HostTensor,
): Tensors {
  const load = (one: HostTensor | tf.Tensor): tf.Tensor => {
    if (one instanceof tf.Tensor) return one;
    const tensor = upload(prepare(one));
    owned.push(tensor);
    return tensor;
  };
  if (given instanceof tf.Tensor || isHostTensor(given)) return load(given);
  return Object.fromEntries(
    Object.entries(given as Record<string, HostTensor | tf.Tensor>).map(([name, one]) => [name, load(one)]),
  );
}

export function isHostTensor(value: HostTensors | Tensors): value is HostTensor {
  return ArrayBuffer.isView((value as HostTensor).values);
}

function indicesFromBytes(host: HostTensor): HostTensor {
  if (!(host.values instanceof Uint8Array) || host.normalization) return host;
  return { values: Int32Array.from(host.values), shape: host.shape };
}

function checkSizes({ batch, size }: LoadedBatch): void {
  if (size === 0) {
    throw new CantripError('DATA_EMPTY', {
      who: 'trainer',
      what: 'got a batch without any example',
      fix: 'Leave empty batches out',
    });
  }
  for (const [name, tensor] of [...entriesOf(batch.inputs), ...entriesOf(batch.targets)]) {
    if (tensor.shape[0] === size) continue;
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'trainer',
      what: `a batch holds ${size} inputs, but ${name || 'targets'} has shape [${tensor.shape.join(', ')}]`,
      fix: 'Give every tensor of a batch the same first axis',
    });
  }
}
