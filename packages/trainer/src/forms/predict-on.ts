import type { HostTensors } from '@cantrip/ops';
import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { LiveRun } from '../live-run.ts';
import type { BatchSource } from '../loop/batch-source.ts';
import { checkInputs } from '../loop/check-batch.ts';
import { entriesOfGiven } from '../loop/prepare-batch.ts';
import { entriesOf, isTensor, SINGLE } from '../model/tensor-trees.ts';
import type { Tensors } from '../plugins/plugin.ts';
import { spending } from '../spent-batches.ts';
import { hostTensorsOf, isNamed, type NamedValues } from './examples.ts';
import { disposed, hostTensorOf, type Values } from './host-values.ts';
import { type Data, sourceOf } from './source-of.ts';
import { readInputs } from './read-element.ts';
import { datasetSource, isTfDataset } from './tf-dataset.ts';

/** The model's outputs for inputs in any form, or for all batches of a dataset. */
export async function predictOn(live: LiveRun, given: NamedValues | Data): Promise<Tensors> {
  if (isTfDataset(given)) {
    return predictAll(live, datasetSource('predict', 'data', given, {}, readInputs));
  }
  if (isData(given)) return predictAll(live, sourceOf('predict', given));
  return predictBatch(live, await fedInputs(given as NamedValues));
}

function isData(given: NamedValues | Data): given is Data {
  if (typeof given !== 'object' || given === null) return false;
  return 'batches' in given || (isNamed(given) && 'inputs' in given && 'targets' in given);
}

/** Tensors stay where they are. */
async function fedInputs(given: NamedValues): Promise<HostTensors | Tensors> {
  if (given instanceof tf.Tensor) return present('inputs', given);
  if (!isNamed(given)) return hostTensorsOf('predict', 'inputs', given);
  const parts = Object.entries(given).map(async ([name, one]) => {
    const path = `inputs.${name}`;
    const fed =
      one instanceof tf.Tensor
        ? present(path, one)
        : await hostTensorOf('predict', path, one as Values, 'inputs');
    return [name, fed] as const;
  });
  return Object.fromEntries(await Promise.all(parts)) as Tensors;
}

function present(path: string, tensor: tf.Tensor): tf.Tensor {
  if (tensor.isDisposed) throw disposed('predict', path);
  return tensor;
}

/** A function model says itself what it takes. */
async function predictBatch(live: LiveRun, inputs: HostTensors | Tensors): Promise<Tensors> {
  const { inputShapes } = live.model;
  if (inputShapes) checkInputs(entriesOfGiven(inputs), inputShapes);
  return live.prediction.run(inputs);
}

async function predictAll(live: LiveRun, source: BatchSource): Promise<Tensors> {
  const all: (readonly (readonly [string, tf.Tensor])[])[] = [];
  try {
    for await (const batch of spending(source.batches({ seed: live.run.seed, epoch: 0, start: 0 }))) {
      all.push(entriesOf(withoutFilling(await predictBatch(live, batch.inputs), batch)));
    }
    if (all.length === 0) throw noBatch();
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

/** A batch may have more rows than examples. */
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

function noBatch(): CantripError {
  return new CantripError('DATA_EMPTY', {
    who: 'predict',
    what: 'the data gave no batch',
    fix: 'Give at least one example, or leave out dropLast',
  });
}
