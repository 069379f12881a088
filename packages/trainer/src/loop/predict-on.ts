import type { HostTensors } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { LiveRun } from '../run/live-run.ts';
import { asPromised } from '../batch/data-promise.ts';
import { batchesFrom, type BatchSource } from '../batch/batch-source.ts';
import { checkInputsForm } from '../batch/check-batch-form.ts';
import { checkInputs } from '../step/check-batch.ts';
import { batchesPerEpoch, entriesOfTensors } from '@cantrip/plugin-kit';
import type { OnePart } from '../batch/prepare-batch.ts';
import type { TellBatch } from './during-evaluation.ts';
import { nextTurn } from './turn.ts';
import { isTensor, SINGLE } from '../contract/tensor-trees.ts';
import type { Tensors } from '../contract/batch.ts';
import { spending } from '../batch/spent-batches.ts';
import { hostTensorsOf, isNamed, type NamedValues } from '../forms/examples.ts';
import { disposed, hostTensorOf, type TensorValues } from '../forms/host-values.ts';
import { type Data, sourceOf } from '../forms/source-of.ts';
import { readInputs } from '../forms/read-element.ts';
import { datasetSource, isTfDataset } from '../forms/tf-dataset.ts';

interface Predicting {
  readonly tellBatch: TellBatch;
  readonly signal?: AbortSignal | undefined;
}

/** Predicts the outputs for inputs in any form, or for all batches of a dataset. */
export async function predictOn(live: LiveRun, given: NamedValues | Data, how: Predicting): Promise<Tensors> {
  how.signal?.throwIfAborted();
  if (isTfDataset(given)) {
    return predictAll(live, datasetSource('predict', 'data', given, {}, readInputs), how);
  }
  if (isData(given)) return predictAll(live, sourceOf('predict', given), how);
  return predictBatch(live, await fedInputs(given as NamedValues));
}

function isData(given: NamedValues | Data): given is Data {
  if (typeof given !== 'object' || given === null) return false;
  return 'batches' in given || (isNamed(given) && 'inputs' in given && 'targets' in given);
}

/** Converts inputs for feeding. Tensors stay on the device. */
async function fedInputs(given: NamedValues): Promise<HostTensors | Tensors> {
  if (given instanceof tf.Tensor) return present('inputs', given);
  if (!isNamed(given)) return hostTensorsOf('predict', 'inputs', given);
  const parts = Object.entries(given).map(async ([name, one]) => {
    const path = `inputs.${name}`;
    const fed =
      one instanceof tf.Tensor
        ? present(path, one)
        : await hostTensorOf('predict', path, one as TensorValues, 'inputs');
    return [name, fed] as const;
  });
  return Object.fromEntries(await Promise.all(parts)) as Tensors;
}

function present(path: string, tensor: tf.Tensor): tf.Tensor {
  if (tensor.isDisposed) throw disposed('predict', path);
  return tensor;
}

/** A function model checks its inputs itself. */
async function predictBatch(live: LiveRun, inputs: HostTensors | Tensors): Promise<Tensors> {
  const { inputShapes } = live.model;
  if (inputShapes) checkInputs(entriesOfTensors<OnePart>(inputs), inputShapes);
  return live.prediction.run(inputs);
}

async function predictAll(
  live: LiveRun,
  source: BatchSource,
  { tellBatch, signal }: Predicting,
): Promise<Tensors> {
  const all: (readonly (readonly [string, tf.Tensor])[])[] = [];
  try {
    const request = { seed: live.run.seed, epoch: 0, start: 0, examples: 0 };
    const promise = { who: 'predict', what: 'the data' };
    const batches = batchesPerEpoch(source);
    for await (const batch of asPromised(spending(batchesFrom(source, request)), batches, promise)) {
      checkInputsForm(batch);
      all.push(entriesOfTensors<tf.Tensor>(withoutFilling(await predictBatch(live, batch.inputs), batch)));
      await tellBatch({ prefix: '', batch: all.length, batches });
      // Without this wait, signals and timers would not run until the end.
      await nextTurn();
      signal?.throwIfAborted();
    }
    return tf.tidy(() => {
      const joined = all[0]!.map(([name], index) => [name, tf.concat(all.map((one) => one[index]![1]))]);
      const [first] = joined;
      return joined.length === 1 && first![0] === SINGLE
        ? (first![1] as tf.Tensor)
        : (Object.fromEntries(joined) as Record<string, tf.Tensor>);
    });
  } finally {
    tf.dispose(all.flatMap((entries) => entries.map(([, output]) => output)));
  }
}

/** Removes the rows of padding: a batch may have more rows than examples. */
function withoutFilling(outputs: Tensors, batch: object): Tensors {
  if (!('size' in batch)) return outputs;
  const cut = (output: tf.Tensor): tf.Tensor => {
    if (output.shape[0] === batch.size) return output;
    const rows = tf.slice(output, 0, [batch.size as number]);
    output.dispose();
    return rows;
  };
  if (isTensor(outputs)) return cut(outputs);
  return Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, cut(output)]));
}
