import type { DeviceDescription } from '@cantrip/core-tensor-gpu';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Case } from '../cases/cases.ts';
import { trainedAndFrozen } from '../cases/frozen.ts';
import { everyCase } from '../cases/large-cases.ts';
import { type FileTensor, readTensors } from '../cases/safetensors.ts';

/** What the driver gives a contender on its command line. */
export interface Given {
  readonly oneCase: Case;
  readonly tensors: Readonly<Record<string, FileTensor>>;
  /** What sets one contender of a program apart from another. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Reads the command line `CASE PROBLEM-FILE OPTIONS`. */
export function readGiven(): Given {
  const [name, path, options] = process.argv.slice(2);
  const oneCase = everyCase.find((candidate) => candidate.name === name);
  if (!oneCase || path === undefined) throw new Error(`usage: CASE PROBLEM-FILE [OPTIONS], got ${name}`);
  return {
    oneCase,
    tensors: readTensors(path),
    options: JSON.parse(options ?? '{}') as Record<string, unknown>,
  };
}

/** The case's model with the given weights. */
export function modelWithWeights({ oneCase, tensors }: Given): LayersModel {
  const model = oneCase.model();
  for (const [kind, weights] of Object.entries(trainedAndFrozen(model, oneCase))) {
    for (const weight of weights) {
      const { values, shape } = pick(
        tensors,
        `${kind === 'trained' ? 'weights' : 'frozen'}/${weight.originalName}`,
      );
      tf.tidy(() => void weight.write(tf.tensor(values, [...shape], 'float32')));
    }
  }
  return model;
}

/** A weight that is trained, by its name. */
export function weightOf({ tensors }: Given, name: string): tf.Tensor {
  const { values, shape } = pick(tensors, `weights/${name}`);
  return tf.tensor(values, [...shape], 'float32');
}

/** The prepared batches on the device. */
export function batchesOf({ oneCase, tensors }: Given): { inputs: tf.Tensor[]; targets: tf.Tensor[] } {
  const split = (name: string, dtype: 'float32' | 'int32'): tf.Tensor[] => {
    const { values, shape } = pick(tensors, name);
    return tf.tidy(() => tf.unstack(tf.tensor(values, [...shape], dtype)));
  };
  const dtype = oneCase.vocabulary === undefined ? 'float32' : 'int32';
  return { inputs: split('inputs', dtype), targets: split('targets', 'int32') };
}

export function pick(tensors: Given['tensors'], name: string): FileTensor {
  const tensor = tensors[name];
  if (tensor) return tensor;
  throw new Error(`the problem file has no ${name}`);
}

/** A product of two 512 x 512 matrices on the device that is open. */
export function product(): () => Promise<void> {
  const [a, b] = [tf.randomNormal([512, 512]), tf.randomNormal([512, 512])];
  return async () => {
    const result = tf.matMul(a, b);
    const corner = tf.slice(result, [0, 0], [1, 1]);
    await corner.data();
    tf.dispose([result, corner]);
  };
}

/** What ours and stock TensorFlow.js have in common. */
export function versionsOn({ version }: Pick<DeviceDescription, 'version'>): Record<string, string> {
  return {
    libtensorflow: version.replace('TensorFlow ', ''),
    tfjs: tf.version_core,
    node: process.version.slice(1),
  };
}
